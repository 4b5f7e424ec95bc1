// A question that appears clause by clause with the voice; its place is kept from the start.
import { questionPart, type CaptionLine } from "../shared/captions.ts";

interface SpokenTextProps {
  readonly text: string;
  /** What the interviewer has said so far. */
  readonly said: CaptionLine;
  readonly isBeingSaid: boolean;
}

export function SpokenText({ text, said, isBeingSaid }: SpokenTextProps) {
  if (!isBeingSaid || said.isFinal) return <>{text}</>;
  const spoken = questionPart(text, said.text);
  if (spoken === null) return <span class="unspoken-yet">{text}</span>;
  return (
    <>
      <span class="spoken">{spoken}</span>
      <span class="unspoken">{text.slice(spoken.length)}</span>
    </>
  );
}
