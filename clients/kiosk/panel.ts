// Gives the style sheet the panel's real measures: pixels of a millimetre and of an arc-minute of capital height.
import { effect } from "@preact/signals";
import { fontSize_px, pixelsPerMm } from "../shared/fit.ts";
import type { Booth } from "../shared/live.ts";

/** A 21.5 inch panel, until the booth says what it has. */
const FALLBACK_MM = [476, 268] as const;

export function followPanel(booth: Booth): void {
  const apply = () => {
    const pxPerMm = pixelsPerMm(booth.view.peek().hello?.panel_mm ?? FALLBACK_MM, innerWidth, innerHeight);
    const root = document.documentElement.style;
    root.setProperty("--mm", `${pxPerMm.toFixed(4)}px`);
    root.setProperty("--am", `${fontSize_px(1, pxPerMm).toFixed(4)}px`);
  };
  addEventListener("resize", apply);
  let last = "";
  effect(() => {
    const panel = String(booth.view.value.hello?.panel_mm);
    if (panel !== last) apply();
    last = panel;
  });
}
