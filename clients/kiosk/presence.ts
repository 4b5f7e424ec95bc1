// Tells the booth that somebody is here whenever the screen is touched or a key pressed.
import { isStillThere } from "../shared/notices.ts";
import type { Booth } from "../shared/live.ts";

const SIGNS = ["pointerdown", "keydown", "input"];
const EVERY_MS = 5000;
/** While the booth asks, after the first answer; a key that is held down repeats. */
const ASKED_EVERY_MS = 500;

/** When the booth was told last, and what it was asking then. */
let told = { at_ms: -Infinity, asked_t: null as number | null };

/** Any touch and any key, whatever they do besides. */
export function sayThatSomebodyIsHere(booth: Booth): void {
  for (const sign of SIGNS) document.addEventListener(sign, () => stay(booth), { capture: true, passive: true });
}

/** Asks the booth to keep this screen, where it might leave it; not more often than it needs. */
export function stay(booth: Booth): void {
  const state = booth.state.peek();
  if (!state?.allowed.includes("stay")) return;
  const at_ms = performance.now();
  const asked_t = state.notice !== null && isStillThere(state.notice) ? state.notice.t : null;
  const isNewQuestion = asked_t !== null && asked_t !== told.asked_t;
  if (!isNewQuestion && at_ms - told.at_ms < (asked_t === null ? EVERY_MS : ASKED_EVERY_MS)) return;
  told = { at_ms, asked_t };
  booth.mention({ type: "stay" });
}
