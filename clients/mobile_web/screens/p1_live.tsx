// P1: the interview as it happens.
import type { Booth, Wish } from "../../shared/live.ts";
import { meter, METER_NAMES } from "../../shared/meters.ts";
import { Button } from "../../shared/ui/Button.tsx";
import type { IconName } from "../../shared/ui/Icon.tsx";
import { MeterTile } from "../../shared/ui/MeterTile.tsx";
import { StateLine } from "../../shared/ui/StateLine.tsx";
import { isHeard } from "../../shared/ui/StateRing.tsx";
import { Timer, WrapUp } from "../../shared/ui/Timer.tsx";
import { useCalmGauges } from "../../shared/ui/use_gauges.ts";
import { t } from "../../shared/words.ts";
import type { BoothState } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { CueChoice, CueLine } from "../Cues.tsx";
import { noticeText } from "../notice_text.ts";
import { Scores } from "../Scores.tsx";
import { Transcript } from "../Transcript.tsx";

/** Nobody answers, so there is room for choices. */
const RESTING: ReadonlySet<BoothState["phase"]> = new Set(["greeting", "paused"]);

export function Live({ booth, state }: ScreenProps) {
  const name = t.interviewer;
  const { question } = state;
  return (
    <div class="live">
      <div class="live-head">
        <StateLine word={state.state} interviewer={name} />
        <Timer booth={booth} since_t={state.answering_since_t} />
      </div>
      {state.notice && <p class={`notice notice-${state.notice.severity}`}>{noticeText(state.notice)}</p>}
      {state.phase === "greeting" && state.documents_note !== "" && <p class="notice">{state.documents_note}</p>}
      {booth.remark.value !== "" && <p class="notice notice-warn">{booth.remark.value}</p>}
      {question && question.number > 0 && (
        <section class="live-question">
          <p class="step">
            {t.questionOf(question.number, question.of)}
            {question.is_follow_up && ` \u00B7 ${t.followUp}`}
          </p>
          <h2 dir="auto">{question.text}</h2>
          {question.source && !question.is_follow_up && <p class="step">{t.source.of[question.source.document](question.source.line)}</p>}
          <WrapUp booth={booth} since_t={state.answering_since_t} suggested_s={question.suggested_s} />
        </section>
      )}
      <Transcript booth={booth} interviewer={name} />
      <Meters booth={booth} isFrozen={isHeard(state.state)} />
      <Scores scores={state.scores} />
      {RESTING.has(state.phase) && <CueChoice booth={booth} state={state} />}
      <Buttons booth={booth} state={state} />
      <CueLine booth={booth} />
    </div>
  );
}

function Meters({ booth, isFrozen }: { booth: Booth; isFrozen: boolean }) {
  const gauges = useCalmGauges(booth);
  return (
    <div class={`meters ${isFrozen ? "meters-frozen" : ""}`} role="group" aria-label={t.meters.group}>
      {METER_NAMES.map((name) => (
        <MeterTile key={name} meter={meter(name, gauges)} />
      ))}
    </div>
  );
}

interface PhoneButton {
  readonly wish: Wish;
  readonly label: string;
  readonly icon: IconName;
}

/** Only shown while it can be done: before an answer has begun. */
const AGAIN: PhoneButton = { wish: { type: "retry" }, label: t.button.retry, icon: "repeat" };

function buttonsOf(state: BoothState): readonly PhoneButton[] {
  if (state.phase === "paused") return [{ wish: { type: "resume" }, label: t.button.resume, icon: "play" }];
  if (state.phase === "greeting" || state.phase === "closing") return [];
  return [
    { wish: { type: "done", turn: state.turn }, label: t.button.done, icon: "check" },
    { wish: { type: "pause" }, label: t.button.pause, icon: "pause" },
    { wish: { type: "repeat" }, label: t.button.repeat, icon: "repeat" },
    { wish: { type: "skip", turn: state.turn }, label: t.button.skip, icon: "skip" },
    ...(state.allowed.includes("retry") ? [AGAIN] : []),
  ];
}

/** A page that may only look has no buttons, not disabled ones, and says why. */
function Buttons({ booth, state }: { booth: Booth; state: BoothState }) {
  if (booth.view.value.hello?.role !== "phone") return <p class="viewer-note">{t.phone.viewer}</p>;
  return (
    <div class="buttons">
      {buttonsOf(state).map(({ wish, label, icon }, k) => (
        <Button
          key={wish.type}
          kind={k === 0 ? "primary" : "plain"}
          icon={icon}
          isDisabled={!state.allowed.includes(wish.type) || booth.link.value !== "live"}
          isBusy={booth.busy.value === wish.type}
          onPress={() => booth.send(wish)}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}
