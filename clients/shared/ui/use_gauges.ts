// Gauges at the pace of a reader: numbers once a second, first values at once.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { Booth } from "../live.ts";
import type { Gauges } from "../wire.gen.ts";

const EVERY_MS = 1000;

export function useCalmGauges(booth: Booth): Gauges {
  const calm = useSignal<Gauges>(booth.gauges.peek());
  useSignalEffect(() => {
    const timer = window.setInterval(() => {
      calm.value = booth.gauges.peek();
    }, EVERY_MS);
    return () => window.clearInterval(timer);
  });
  useSignalEffect(() => {
    const fresh = booth.gauges.value;
    if (Object.keys(fresh).length !== Object.keys(calm.peek()).length) calm.value = fresh;
  });
  return calm.value;
}
