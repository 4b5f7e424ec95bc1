// What the candidate sees while the booth does not answer.
import type { Booth } from "../shared/live.ts";
import { Icon } from "../shared/ui/Icon.tsx";
import { t } from "../shared/words.ts";

export function LinkOverlay({ booth }: { booth: Booth }) {
  const link = booth.link.value;
  if (booth.view.value.isWrongVersion) return <Overlay title={t.link.version} />;
  if (link === "blink") {
    return (
      <p class="chip chip-link" role="status">
        <Icon name="repeat" />
        {t.link.blink}
      </p>
    );
  }
  return link === "lost" ? <Overlay title={t.link.lost} text={t.link.lostText} /> : null;
}

function Overlay({ title, text }: { title: string; text?: string }) {
  return (
    <div class="overlay" role="alert">
      <div class="overlay-card">
        <h2>{title}</h2>
        {text && <p>{text}</p>}
      </div>
    </div>
  );
}
