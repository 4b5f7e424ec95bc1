// A question that appears clause by clause with the voice; its place is kept from the start.
import type { CaptionLine } from "../shared/captions.ts";

interface SpokenTextProps {
  readonly text: string;
  /** What the interviewer has said so far. */
  readonly said: CaptionLine;
  readonly isBeingSaid: boolean;
}

export function SpokenText({ text, said, isBeingSaid }: SpokenTextProps) {
  if (!isBeingSaid || said.isFinal) return <>{text}</>;
  if (said.text === "") return <span class="unspoken-yet">{text}</span>;
  if (!text.startsWith(said.text)) return <>{text}</>;
  return (
    <>
      <span class="spoken">{said.text}</span>
      <span class="unspoken">{text.slice(said.text.length)}</span>
    </>
  );
}
