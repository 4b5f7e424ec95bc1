// The last words of both, newest at the bottom; scrolled back, it stays until "Jump to now".
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { parts, type CaptionLine } from "../shared/captions.ts";
import type { Booth } from "../shared/live.ts";
import { t } from "../shared/words.ts";

/** How near the end still counts as following. */
const FOLLOWS_WITHIN_PX = 24;

export function Transcript({ booth, interviewer }: { booth: Booth; interviewer: string }) {
  const box = useRef<HTMLDivElement>(null);
  const isFollowing = useSignal(true);
  const { you, booth: said } = booth.view.value;
  useLayoutEffect(() => {
    if (isFollowing.peek()) toEnd(box.current);
  }, [you, said]);
  const onScroll = () => {
    const element = box.current;
    if (element) isFollowing.value = element.scrollHeight - element.scrollTop - element.clientHeight < FOLLOWS_WITHIN_PX;
  };
  const isEmpty = you.text === "" && said.text === "";
  return (
    <section class="transcript" aria-label={t.phone.captions}>
      <div class="transcript-box" ref={box} onScroll={onScroll} tabIndex={0} role="group" aria-label={t.phone.captions}>
        {isEmpty && <p class="transcript-quiet">{t.phone.quiet}</p>}
        <Line speaker={interviewer} line={said} />
        <Line speaker={t.you} line={you} />
      </div>
      {!isFollowing.value && (
        <button
          type="button"
          class="jump"
          onClick={() => {
            isFollowing.value = true;
            toEnd(box.current);
          }}
        >
          {t.jumpToNow}
        </button>
      )}
    </section>
  );
}

function Line({ speaker, line }: { speaker: string; line: CaptionLine }) {
  if (line.text === "") return null;
  const { settled, tail } = parts(line);
  return (
    <p dir="auto">
      <b class="caption-speaker">{speaker}</b> <bdi>{settled}</bdi>
      <bdi class="caption-tail">{tail}</bdi>
    </p>
  );
}

function toEnd(element: HTMLElement | null): void {
  if (element) element.scrollTop = element.scrollHeight;
}
