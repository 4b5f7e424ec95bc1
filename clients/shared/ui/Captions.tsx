// Words as they are said: settled ones stand still, the tail may still change.
import { useLayoutEffect, useRef } from "preact/hooks";
import { parts, type CaptionLine } from "../captions.ts";

interface CaptionsProps {
  readonly speaker: string;
  readonly line: CaptionLine;
}

/** A box of fixed height that scrolls to the newest words. */
export function Captions({ speaker, line }: CaptionsProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [line]);
  const { settled, tail } = parts(line);
  return (
    <div class="captions" aria-hidden="true">
      <b class="caption-speaker">{speaker}</b>
      <div class="caption-words" ref={box} dir="auto">
        <bdi>{settled}</bdi>
        {tail !== "" && <TailWords text={tail} startsAt={settled.length} />}
      </div>
    </div>
  );
}

/** Keyed by place, so that a word that changes is swapped where it stands and only new ones fade in. */
function TailWords({ text, startsAt }: { text: string; startsAt: number }) {
  let at = startsAt;
  const words = text.split(/(?<=\s)/).map((word) => {
    const key = at;
    at += word.length;
    return <span key={key}>{word}</span>;
  });
  return <bdi class="caption-tail">{words}</bdi>;
}
