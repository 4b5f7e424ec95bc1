// A clock for components: re-renders them at a steady pace.
import { useSignal, useSignalEffect } from "@preact/signals";

/** Returns how often it has ticked; a tick is a re-render. */
export function useTick(every_ms: number): number {
  const count = useSignal(0);
  useSignalEffect(() => {
    const timer = window.setInterval(() => {
      count.value += 1;
    }, every_ms);
    return () => window.clearInterval(timer);
  });
  return count.value;
}
