// K3: can the booth hear and see the candidate, who may look at themselves; one sentence to read aloud.
import { useState } from "preact/hooks";
import { Face } from "../../shared/avatar/Face.tsx";
import type { Booth } from "../../shared/live.ts";
import { levelShare } from "../../shared/meters.ts";
import { Button } from "../../shared/ui/Button.tsx";
import { Icon, type IconName } from "../../shared/ui/Icon.tsx";
import { t } from "../../shared/words.ts";
import type { CheckLine } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { EndButton } from "../EndButton.tsx";
import { FitText } from "../FitText.tsx";
import { Notices } from "../Notices.tsx";
import { Advice, SelfPicture, type Look } from "../SelfPicture.tsx";
import { Tools } from "../Tools.tsx";

export function SensorCheck({ booth, state }: ScreenProps) {
  const sentence = state.question?.text ?? "";
  const isAllWell = state.checks.length > 0 && state.checks.every((line) => line.state === "good");
  const name = t.interviewer;
  const [look, setLook] = useState<Look | null>(null);
  const isOffered = booth.view.peek().hello?.self_view === true;
  return (
    <div class="form form-check">
      <Tools booth={booth} />
      {isOffered && (
        <div class="check-self">
          <Button icon={look === null ? "person" : "close"} onPress={() => setLook(look === null ? "waiting" : null)}>
            {look === null ? t.self.show : t.self.hide}
          </Button>
        </div>
      )}
      {look === null ? (
        <div class="check-face">
          <Face style={state.style} word={state.state} booth={booth} label={name} />
        </div>
      ) : (
        <SelfPicture look={look} onLook={setLook} onOver={() => setLook(null)} />
      )}
      <h1 class={look === null ? "check-title" : "unseen"} tabIndex={-1}>
        {t.check.title}
      </h1>
      <Advice look={look} />
      <section class="check-sentence" aria-label={t.check.read}>
        <p class="eyebrow">{t.check.read}</p>
        <FitText text={sentence} largest_am={70}>
          <p class="check-words">{sentence}</p>
        </FitText>
        <LevelBar booth={booth} />
      </section>
      <ul class="checks">
        {state.checks.map((line) => (
          <Check key={line.name} line={line} />
        ))}
      </ul>
      <Notices booth={booth} state={state} />
      <footer class="form-foot" data-actions="">
        <EndButton booth={booth} state={state} />
        <Button
          kind="primary"
          icon="arrow"
          isDisabled={!state.allowed.includes("continue")}
          isBusy={booth.busy.value === "continue"}
          onPress={() => booth.send({ type: "continue" })}
        >
          {isAllWell ? t.check.proceed : t.check.anyway}
        </Button>
      </footer>
    </div>
  );
}

const STATE_ICONS: Readonly<Record<CheckLine["state"], IconName>> = { checking: "clock", good: "check", fix: "warn", absent: "close" };

function Check({ line }: { line: CheckLine }) {
  return (
    <li class={`check check-${line.state}`}>
      <Icon name={line.name} />
      <span class="check-name">
        <b>{t.check.names[line.name]}</b>
        <span class="check-text">{line.text || t.check.states[line.state]}</span>
      </span>
      <span class="check-mark">
        <Icon name={STATE_ICONS[line.state]} />
        <span class="unseen">{t.check.states[line.state]}</span>
      </span>
    </li>
  );
}

function LevelBar({ booth }: { booth: Booth }) {
  const share = levelShare(booth.gauges.value.mic_dbfs);
  return (
    <div
      class="level"
      role="meter"
      aria-label={t.check.level}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <span class="level-fill" style={{ transform: `scaleX(${share.toFixed(3)})` }} />
    </div>
  );
}
