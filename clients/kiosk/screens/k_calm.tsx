// Before the booth can begin, or when it cannot: calm words, and a code for the staff.
import { Face } from "../../shared/avatar/Face.tsx";
import { StateRing } from "../../shared/ui/StateRing.tsx";
import { t } from "../../shared/words.ts";
import type { ScreenProps } from "../App.tsx";
import { BoothDetails } from "../BoothDetails.tsx";
import { Tools } from "../Tools.tsx";

export function Calm({ booth, state }: ScreenProps) {
  const isStarting = state.phase === "starting";
  const words = isStarting ? t.starting : t.unavailable;
  return (
    <div class="calm">
      <Tools booth={booth} />
      <div class="calm-face">
        <Face style={state.style} word="paused" label={t.interviewer} />
      </div>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p>{state.notice?.text ?? words.text}</p>
      {isStarting && <StateRing word="thinking" />}
      {!isStarting && state.notice && (
        <p class="small">
          {t.unavailable.code}: {state.notice.code}
        </p>
      )}
      <BoothDetails booth={booth} />
    </div>
  );
}
