// * How long to wait before the next try to connect. Pure: chance comes in as data.

const STEPS_S = [0.25, 0.5, 1, 2, 4] as const;
const JITTER = 0.3;

/** Seconds before try number `attempt` (0 is the first); `chance` is 0 to 1. Goes on for ever. */
export function delay_s(attempt: number, chance: number): number {
  const step = STEPS_S[Math.min(Math.max(attempt, 0), STEPS_S.length - 1)] ?? 4;
  return step * (1 + JITTER * (2 * chance - 1));
}
