// The face and its style sheet agree on when the interviewer is heard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isHeard } from "../shared/ui/StateRing.tsx";
import type { StateWord } from "../shared/wire.gen.ts";

const css = readFileSync("shared/avatar/face.css", "utf8");
const EVERY: Record<StateWord, true> = {
  idle: true, asking: true, voice: true, silence: true, taken: true, thinking: true, paused: true, speaking: true, half_duplex: true,
};

function ringColour(word: string): string {
  const rules = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selectors = "", body = ""]) => ({ selectors: selectors.split(","), body }));
  const rule = rules.find(({ selectors }) => selectors.some((selector) => selector.trim() === `.face-${word} .face-ring`));
  return /stroke:\s*([^;]+);/.exec(rule?.body ?? "")?.[1] ?? "";
}

test("the ring is lit exactly while the interviewer is heard", () => {
  for (const word of Object.keys(EVERY) as StateWord[]) {
    assert.equal(ringColour(word) === "var(--accent)", isHeard(word), word);
  }
});
