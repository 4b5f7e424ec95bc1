// K12: asks whether somebody is still there before the screen is left; any touch or key is a yes.
import { useMemo } from "preact/hooks";
import type { Booth } from "../../shared/live.ts";
import { isStillThere } from "../../shared/notices.ts";
import { Button } from "../../shared/ui/Button.tsx";
import { Dialog } from "../../shared/ui/Dialog.tsx";
import { t } from "../../shared/words.ts";
import type { Notice } from "../../shared/wire.gen.ts";
import { stay } from "../presence.ts";

export function StillThere({ booth }: { booth: Booth }) {
  const notice = booth.state.value?.notice ?? null;
  if (notice === null || !isStillThere(notice) || booth.link.value !== "live") return null;
  const onYes = () => stay(booth);
  return (
    <Dialog title={notice.text} kind="dialog-still-there" isAlert onClose={onYes}>
      <TimeLeft booth={booth} notice={notice} />
      <div class="dialog-buttons" data-actions="">
        <Button kind="primary" icon="hand" onPress={onYes}>
          {t.stillThere.yes}
        </Button>
      </div>
    </Dialog>
  );
}

/** A ring that empties in the 30 s, begun when the booth began to ask. */
function TimeLeft({ booth, notice }: { booth: Booth; notice: Notice }) {
  const asked_s = useMemo(() => Math.max(0, (booth.now_t() ?? notice.t) - notice.t), [notice.t]);
  return (
    <svg class="time-left" viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="4">
      <circle cx="24" cy="24" r="20" opacity="0.25" />
      <circle class="time-left-ring" cx="24" cy="24" r="20" pathLength={1} style={{ animationDelay: `${-asked_s}s` }} />
    </svg>
  );
}
