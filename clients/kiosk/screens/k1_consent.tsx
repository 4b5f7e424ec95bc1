// K1: what happens here, and whether anything is kept: off. Permissions without an effect yet are not asked for.
import { useSignal } from "@preact/signals";
import { Button } from "../../shared/ui/Button.tsx";
import { Icon, type IconName } from "../../shared/ui/Icon.tsx";
import { Switch } from "../../shared/ui/Switch.tsx";
import { t } from "../../shared/words.ts";
import type { ConsentCommand } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { EndButton } from "../EndButton.tsx";
import { Tools } from "../Tools.tsx";

type Permissions = Omit<ConsentCommand, "type" | "command_id">;
const NAMES = ["keep"] as const satisfies readonly (keyof Permissions)[];
const ICONS: readonly IconName[] = ["lock", "gauge", "forget", "hand"];
const ALL_OFF: Permissions = { record: false, keep: false, share_with_staff: false, fleet_summary: false };

export function ConsentScreen({ booth, state }: ScreenProps) {
  const given = useSignal(ALL_OFF);
  return (
    <div class="form form-consent">
      <header class="form-head">
        <h1 tabIndex={-1}>{t.consent.title}</h1>
        <Tools booth={booth} />
      </header>
      <div class="form-columns">
        <ul class="promises">
          {t.consent.facts.map((fact, k) => (
            <li key={fact}>
              <Icon name={ICONS[k] ?? "info"} />
              <span>{fact}</span>
            </li>
          ))}
        </ul>
        <div class="switches">
          {NAMES.map((name) => (
            <Switch
              key={name}
              label={t.consent.switches[name].label}
              effect={t.consent.switches[name].effect}
              isOn={given.value[name]}
              words={[t.consent.on, t.consent.off]}
              onChange={(isOn) => (given.value = { ...given.value, [name]: isOn })}
            />
          ))}
        </div>
      </div>
      <footer class="form-foot" data-actions="">
        <EndButton booth={booth} state={state} />
        <p class="form-note">{t.consent.allOff}</p>
        <Button
          kind="primary"
          icon="arrow"
          isDisabled={!state.allowed.includes("give_consent")}
          isBusy={booth.busy.value === "give_consent"}
          onPress={() => booth.send({ type: "give_consent", ...given.value })}
        >
          {t.consent.proceed}
        </Button>
      </footer>
    </div>
  );
}
