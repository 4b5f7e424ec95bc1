// K4 to K8: greeting, question, answer, between, paused. One stage; the interviewer's eyes stay under the lens.
import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { Face } from "../../shared/avatar/Face.tsx";
import { questionPart, type CaptionLine } from "../../shared/captions.ts";
import { density, lessMovement } from "../../shared/prefs.ts";
import { Captions } from "../../shared/ui/Captions.tsx";
import { StateLine } from "../../shared/ui/StateLine.tsx";
import { isHeard } from "../../shared/ui/StateRing.tsx";
import { Timer, WrapUp } from "../../shared/ui/Timer.tsx";
import { t } from "../../shared/words.ts";
import type { BoothState } from "../../shared/wire.gen.ts";
import { Actions } from "../Actions.tsx";
import type { ScreenProps } from "../App.tsx";
import { BoothFooter } from "../BoothDetails.tsx";
import { FitText } from "../FitText.tsx";
import { Meters } from "../Meters.tsx";
import { hasNotices, Notices } from "../Notices.tsx";
import { SpokenText } from "../SpokenText.tsx";
import { Tools } from "../Tools.tsx";

export function Interview({ booth, state }: ScreenProps) {
  const squeeze = useSqueeze(`${state.question?.text} ${density.value}`);
  const name = t.interviewer;
  const isFull = density.value === "full";
  const hasMeters = isFull && state.phase !== "greeting" && state.phase !== "closing";
  const isFrozen = isHeard(state.state);
  const { you, booth: said } = booth.view.value;
  return (
    <div class={`stage density-${density.value} squeeze-${squeeze.level}`}>
      <header class="stage-corner">
        <Step state={state} />
        <Timer booth={booth} since_t={state.answering_since_t} />
      </header>
      <div class="stage-face">
        <Face style={state.style} word={state.state} booth={booth} label={name} />
      </div>
      <Tools booth={booth} hasDensity />
      {hasMeters && <Meters booth={booth} side="start" names={["pace", "pauses"]} isFrozen={isFrozen} />}
      {hasMeters && <Meters booth={booth} side="end" names={["loudness", "eyeContact", "headPose"]} isFrozen={isFrozen} />}
      <div class="stage-text">
        <MainText state={state} said={said} onOverflow={squeeze.more} />
      </div>
      <div class="stage-captions">
        {hasNotices(booth, state) ? (
          <Notices booth={booth} state={state} />
        ) : (
          <CaptionStrip state={state} you={you} said={said} name={name} />
        )}
      </div>
      <div class="stage-state">
        <StateLine word={state.state} interviewer={name} />
        <WrapUp booth={booth} since_t={state.answering_since_t} suggested_s={state.question?.suggested_s ?? null} />
      </div>
      <Actions booth={booth} state={state} />
      {isFull && <BoothFooter booth={booth} />}
    </div>
  );
}

/**
 * Makes room for a long question on a small panel: 1 shrinks the face, 2 drops captions and meters.
 * Never goes back for the same question, or the screen would swing between two layouts.
 */
function useSqueeze(subject: string): { readonly level: number; readonly more: () => void } {
  const level = useSignal(0);
  useLayoutEffect(() => {
    level.value = 0;
  }, [subject]);
  return { level: level.value, more: () => (level.value = Math.min(2, level.peek() + 1)) };
}

function Step({ state }: { state: BoothState }) {
  const { question, phase } = state;
  if (question === null || phase === "greeting" || phase === "closing") return <p class="step">{"\u00A0"}</p>;
  return (
    <p class="step">
      {t.questionOf(question.number, question.of)}
      {question.is_follow_up && <span class="step-follow-up">{t.followUp}</span>}
      {question.source && !question.is_follow_up && <span class="step-source">{t.source.of[question.source.document](question.source.line)}</span>}
    </p>
  );
}

interface MainTextProps {
  readonly state: BoothState;
  readonly said: CaptionLine;
  readonly onOverflow: () => void;
}

function MainText({ state, said, onOverflow }: MainTextProps) {
  const name = t.interviewer;
  switch (state.phase) {
    case "greeting":
      return (
        <div class="greeting">
          <h1 tabIndex={-1}>{t.greeting.title(name)}</h1>
          <ul class="greeting-facts">
            {t.greeting.facts.map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
          <p class="hint">{t.greeting.say}</p>
        </div>
      );
    case "paused":
      return (
        <div class="greeting">
          <h1 tabIndex={-1}>{t.paused.title}</h1>
          <p class="hint">{t.paused.text}</p>
        </div>
      );
    case "closing":
      return (
        <div class="greeting">
          <h1 tabIndex={-1}>{t.closing.title}</h1>
        </div>
      );
    default: {
      const text = state.question?.text ?? "";
      return (
        <FitText text={text} onOverflow={onOverflow}>
          <h1 class="question" dir="auto" tabIndex={-1}>
            <SpokenText text={text} said={said} isBeingSaid={state.phase === "asking" && !lessMovement.value} />
          </h1>
        </FitText>
      );
    }
  }
}

interface StripProps {
  readonly state: BoothState;
  readonly you: CaptionLine;
  readonly said: CaptionLine;
  readonly name: string;
}

/** The candidate's own words only when asked for; the interviewer's unless they stand above as the question. */
function CaptionStrip({ state, you, said, name }: StripProps) {
  const isAnswer = state.phase === "listening" || state.phase === "thinking" || you.text !== "";
  if (isAnswer && you.text !== "" && density.value !== "quiet" && state.phase !== "closing") return <Captions speaker={t.you} line={you} />;
  const isQuestion = state.question !== null && questionPart(state.question.text, said.text) !== null && state.phase !== "closing";
  // The greeting's own text says the same.
  return said.text === "" || isQuestion || state.phase === "greeting" ? null : <Captions speaker={name} line={said} />;
}
