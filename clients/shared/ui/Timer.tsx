// Counts up while the candidate answers; never down.
import { clockSpoken, clockText } from "../format.ts";
import type { Booth } from "../live.ts";
import { t } from "../words.ts";
import { useTick } from "./use_interval.ts";

interface TimerProps {
  readonly booth: Booth;
  /** When the answer began; null shows nothing. */
  readonly since_t: number | null;
}

/** One gentle line at this multiple of the length that the question's author had in mind. */
const WRAP_UP_AT = 1.5;

export function Timer({ booth, since_t }: TimerProps) {
  useTick(250);
  const elapsed_s = elapsed(booth, since_t);
  if (elapsed_s === null) return null;
  return (
    <p class="timer tabular">
      <span class="unseen">{t.timer(clockSpoken(elapsed_s))}</span>
      <span aria-hidden="true">{clockText(elapsed_s)}</span>
    </p>
  );
}

export function WrapUp({ booth, since_t, suggested_s }: TimerProps & { suggested_s: number | null }) {
  useTick(1000);
  const elapsed_s = elapsed(booth, since_t);
  if (elapsed_s === null || suggested_s === null || elapsed_s < suggested_s * WRAP_UP_AT) return null;
  return <p class="wrap-up">{t.wrapUp}</p>;
}

function elapsed(booth: Booth, since_t: number | null): number | null {
  const now_t = booth.now_t();
  return since_t === null || now_t === null ? null : Math.max(0, now_t - since_t);
}
