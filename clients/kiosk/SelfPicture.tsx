// The candidate's own picture in the place of the interviewer's face, under the lens, with an oval to sit into.
import { useEffect, useRef } from "preact/hooks";
import { showSelf } from "../shared/self_view.ts";
import { t } from "../shared/words.ts";
import type { Framing } from "../shared/wire.gen.ts";

/** What is known of the picture: how to sit better, or that it has not come (yet). */
export type Look = Framing | "waiting" | "missing";

interface SelfPictureProps {
  readonly look: Look;
  readonly onLook: (look: Look) => void;
  /** The booth shows nothing any more, after it did. */
  readonly onOver: () => void;
}

export function SelfPicture({ look, onLook, onOver }: SelfPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current) return;
    const address = new URL("../api/v1/ws/self_view?role=kiosk", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    let hasCome = false;
    return showSelf(address.href, canvas.current, {
      onPicture: (framing) => {
        hasCome = true;
        onLook(framing);
      },
      onMissing: (isOver) => (isOver && hasCome ? onOver() : onLook("missing")),
    });
  }, []);
  return (
    <div class={`self-picture self-${look}`}>
      <canvas ref={canvas} width={320} height={240} role="img" aria-label={t.self.alt} />
      <span class="self-oval" />
    </div>
  );
}

/** The line under the picture. */
export function Advice({ look }: { readonly look: Look | null }) {
  return (
    <p class={look === null ? "unseen" : "check-title check-advice"} role="status" data-look={look}>
      {look !== null && t.self.looks[look]}
    </p>
  );
}
