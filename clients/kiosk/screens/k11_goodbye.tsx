// K11: the session is gone from this screen.
import { Face } from "../../shared/avatar/Face.tsx";
import { t } from "../../shared/words.ts";
import type { ScreenProps } from "../App.tsx";

export function Goodbye({ booth, state }: ScreenProps) {
  return (
    <div class="calm">
      <div class="calm-face">
        <Face style={state.style} word="idle" booth={booth} label={t.interviewer} />
      </div>
      <h1 tabIndex={-1}>{t.goodbye.title}</h1>
      <p>{t.goodbye.text}</p>
    </div>
  );
}
