// K0: nobody is here yet.
import { Face } from "../../shared/avatar/Face.tsx";
import { Button } from "../../shared/ui/Button.tsx";
import { Icon, type IconName } from "../../shared/ui/Icon.tsx";
import { t } from "../../shared/words.ts";
import type { ScreenProps } from "../App.tsx";
import { Notices } from "../Notices.tsx";
import { Tools } from "../Tools.tsx";

const ICONS: readonly IconName[] = ["clock", "voice", "lock"];

export function Attract({ booth, state }: ScreenProps) {
  return (
    <div class="attract">
      <Tools booth={booth} />
      <div class="attract-face">
        <Face style={state.style} word="idle" booth={booth} label={t.interviewer} />
      </div>
      <h1 class="headline" tabIndex={-1}>
        {t.attract.headline}
      </h1>
      <ul class="attract-facts">
        {t.attract.facts.map((fact, k) => (
          <li key={fact}>
            <Icon name={ICONS[k] ?? "info"} />
            {fact}
          </li>
        ))}
      </ul>
      <Notices booth={booth} state={state} />
      <div class="attract-start" data-actions="">
        <Button
          kind="primary"
          icon="arrow"
          isFirst
          isDisabled={!state.allowed.includes("begin")}
          isBusy={booth.busy.value === "begin"}
          onPress={() => booth.send({ type: "begin" })}
        >
          {t.attract.start}
        </Button>
      </div>
    </div>
  );
}
