// * Questions that somebody types, one on each line.

export const MAX_OWN = 12;
export const MAX_OWN_CHARS = 140;

/** The questions of a text field: lines without the spaces around them, none twice. */
export function ownQuestions(typed: string): readonly string[] {
  const lines = typed.split(/[\r\n\u2028\u2029]+/).map((line) => line.replace(/\s+/g, " ").trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

/** Number of the first question that is too long, from 1; 0 when all fit. */
export function firstTooLong(questions: readonly string[]): number {
  return questions.findIndex((question) => [...question].length > MAX_OWN_CHARS) + 1;
}
