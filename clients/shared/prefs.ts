// How this screen is drawn. Lives as long as the page; nothing is written to the browser's storage.
import { effect, signal } from "@preact/signals";

export type Density = "quiet" | "captions" | "full";
export type Theme = "dark" | "light" | "system";
export const DENSITIES: readonly Density[] = ["quiet", "captions", "full"];
export const TEXT_SCALES: readonly number[] = [1, 1.15, 1.3];

export const density = signal<Density>(densityFromAddress());
export const theme = signal<Theme>("dark");
export const textSize = signal(0);
/** A cue on the phone also shakes it, where it can. */
export const vibrates = signal(false);
export const lessMovement = signal(matchMedia("(prefers-reduced-motion: reduce)").matches);

function densityFromAddress(): Density {
  const asked = new URL(location.href).searchParams.get("density");
  return DENSITIES.find((known) => known === asked) ?? "quiet";
}

export function nextDensity(): void {
  const at = DENSITIES.indexOf(density.value);
  density.value = DENSITIES[(at + 1) % DENSITIES.length] ?? "quiet";
}

/** Mirrors the choices onto the document, where the style sheets read them. */
export function applyPrefs(): void {
  const root = document.documentElement;
  const systemIsLight = matchMedia("(prefers-color-scheme: light)");
  const systemTheme = signal(systemIsLight.matches ? "light" : "dark");
  systemIsLight.addEventListener("change", (event) => {
    systemTheme.value = event.matches ? "light" : "dark";
  });
  matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change", (event) => {
    lessMovement.value = event.matches;
  });
  effect(() => {
    root.dataset["theme"] = theme.value === "system" ? systemTheme.value : theme.value;
    root.dataset["movement"] = lessMovement.value ? "less" : "full";
    root.dataset["density"] = density.value;
    root.style.setProperty("--scale", String(TEXT_SCALES[textSize.value] ?? 1));
  });
}
