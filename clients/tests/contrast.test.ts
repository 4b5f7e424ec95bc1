// Contrast of the colour tokens, by the WCAG formula.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync("shared/tokens.css", "utf8");

function tokens(selector: string): Map<string, string> {
  const body = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return new Map([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((found) => [found[1] ?? "", found[2] ?? ""]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const PAIRS: readonly [front: string, back: string, atLeast: number][] = [
  ["text", "bg", 7], ["text", "surface", 7], ["text", "surface2", 7], ["text", "accent-soft", 7], ["text", "glow", 7],
  ["text-2", "bg", 4.5], ["text-2", "surface", 4.5], ["text-2", "accent-soft", 4.5], ["text-2", "glow", 4.5],
  ["caption-tail", "bg", 4.5], ["caption-tail", "surface", 4.5], ["caption-tail", "glow", 4.5],
  ["accent", "bg", 4.5], ["accent", "surface", 4.5], ["accent", "accent-soft", 4.5], ["accent", "glow", 4.5],
  ["on-accent", "accent", 4.5], ["on-warn", "warn", 4.5], ["on-danger", "danger", 4.5],
  ["warn", "bg", 3], ["warn", "surface", 3], ["danger", "surface", 3], ["border", "bg", 3], ["border", "surface", 3],
  ["focus", "bg", 3], ["focus", "surface", 3], ["focus", "surface2", 3],
];

for (const [theme, selector] of [["dark", ":root"], ["light", ':root[data-theme="light"]']] as const) {
  test(`every pair of the ${theme} theme has its contrast`, () => {
    const colours = tokens(selector);
    for (const [front, back, atLeast] of PAIRS) {
      const ratio = contrast(colours.get(front) ?? "#000000", colours.get(back) ?? "#000000");
      assert.ok(ratio >= atLeast, `${front} on ${back}: ${ratio.toFixed(2)}, at least ${atLeast}`);
    }
  });
}
