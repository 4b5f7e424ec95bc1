// What the booth does right now, in words and in form.
import { useEffect, useState } from "preact/hooks";
import { t } from "../words.ts";
import type { StateWord } from "../wire.gen.ts";
import { StateRing } from "./StateRing.tsx";

/** A state stays this long, so that none flickers by. */
const DWELL_MS = 400;

export function StateLine({ word, interviewer }: { word: StateWord; interviewer: string }) {
  const shown = useDwelling(word);
  return (
    <p class="state-line" data-state={shown}>
      <StateRing word={shown} />
      <span>{t.state(shown, interviewer)}</span>
    </p>
  );
}

/** Follows a value at once, unless the one before has been shown for less than the dwell time. */
function useDwelling(word: StateWord): StateWord {
  const [shown, setShown] = useState({ word, since_ms: performance.now() });
  useEffect(() => {
    if (word === shown.word) return undefined;
    const rest_ms = shown.since_ms + DWELL_MS - performance.now();
    const show = () => setShown({ word, since_ms: performance.now() });
    if (rest_ms <= 0) {
      show();
      return undefined;
    }
    const timer = window.setTimeout(show, rest_ms);
    return () => window.clearTimeout(timer);
  }, [word, shown]);
  return shown.word;
}
