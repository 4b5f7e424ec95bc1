// * Captions: settled words and a tail that may still change.
import type { Caption } from "./wire.gen.ts";

export interface CaptionLine {
  /** Null after a snapshot, which does not say whose turn its words belong to. */
  readonly turn: number | null;
  readonly revision: number;
  readonly text: string;
  /** Characters (code points) from the start that will not change any more. */
  readonly settled: number;
  readonly isFinal: boolean;
}

export const NO_CAPTION: CaptionLine = { turn: -1, revision: -1, text: "", settled: 0, isFinal: false };

/** The text of a snapshot, which says nothing about what is settled: all of it is shown as such. */
export function fromSnapshot(text: string): CaptionLine {
  return { turn: null, revision: -1, text, settled: length(text), isFinal: false };
}

/**
 * Applies one caption message. A revision that is not newer is ignored; null means that the prefix to
 * keep is not here, so something was lost.
 */
export function withCaption(line: CaptionLine, message: Caption): CaptionLine | null {
  const isSameTurn = line.turn === null || message.turn === line.turn;
  if (isSameTurn && message.revision <= line.revision) return line;
  const before = isSameTurn ? line.text : "";
  if (message.keep > length(before)) return null;
  const text = head(before, message.keep) + message.text;
  return {
    turn: message.turn,
    revision: message.revision,
    text,
    settled: message.is_final ? length(text) : Math.min(message.settled, length(text)),
    isFinal: message.is_final,
  };
}

export interface CaptionParts {
  readonly settled: string;
  readonly tail: string;
}

/** What to draw in the text colour and what in the colour of words that may still change. */
export function parts(line: CaptionLine): CaptionParts {
  const settled = head(line.text, line.settled);
  return { settled, tail: line.text.slice(settled.length) };
}

/** The wire counts code points, a JavaScript string counts UTF-16 units. */
function head(text: string, count: number): string {
  if (!hasSurrogates(text)) return text.slice(0, count);
  return Array.from(text).slice(0, count).join("");
}

function length(text: string): number {
  return hasSurrogates(text) ? Array.from(text).length : text.length;
}

function hasSurrogates(text: string): boolean {
  return /[\uD800-\uDFFF]/.test(text);
}

/** How much of a question has been said, when a few words ("Thank you.") may stand before it; null when none of it has. */
export function questionPart(question: string, said: string): string | null {
  if (said === "") return null;
  if (question.startsWith(said)) return said;
  const at = said.indexOf(question.slice(0, 12));
  return at >= 0 && question.startsWith(said.slice(at)) ? said.slice(at) : null;
}
