// * How long an interview may be: by questions or by minutes.
import type { BoothState, SetUpCommand } from "./wire.gen.ts";

export const TIMES: readonly number[] = [5, 10, 15, 20];
const COUNTS: readonly number[] = [3, 4, 6, 8];

/** Spoken time of a question, from the suggested time plus a follow-up. */
const MINUTES_A_QUESTION = 2;

export type Length = Pick<Required<SetUpCommand>, "questions" | "minutes">;
export type Unit = "questions" | "minutes";

/** The usual numbers of questions and the one that the booth offers, as far as the role has them. */
export function counts(state: BoothState, role: string): readonly number[] {
  const most = state.roles.find((tile) => tile.role === role)?.questions ?? state.questions;
  return [...new Set([...COUNTS, state.questions].map((count) => Math.min(count, most)))].sort((a, b) => a - b);
}

export function unitOf(length: Length): Unit {
  return length.minutes === null ? "questions" : "minutes";
}

export function minutesOf(questions: number): number {
  return questions * MINUTES_A_QUESTION;
}

/** The same interview told in the other unit, as near as the choices come. */
export function inUnit(unit: Unit, { questions }: Length): Length {
  const off = (time: number) => Math.abs(time - minutesOf(questions));
  return { questions, minutes: unit === "questions" ? null : TIMES.reduce((best, time) => (off(time) < off(best) ? time : best)) };
}
