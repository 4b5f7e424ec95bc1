// The one polite live region: finished sentences only, never partial ones.
import { useComputed } from "@preact/signals";
import type { Booth } from "../live.ts";

export function LiveRegion({ booth }: { booth: Booth }) {
  const words = useComputed(() => booth.view.value.announcement);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {words}
    </div>
  );
}
