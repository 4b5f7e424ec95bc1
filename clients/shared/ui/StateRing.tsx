// The icon of the state line: form and motion tell the states apart, never colour alone.
import type { StateWord } from "../wire.gen.ts";

/** The interviewer is heard: what is measured of the candidate does not move. */
export function isHeard(word: StateWord): boolean {
  return word === "asking" || word === "speaking" || word === "half_duplex";
}

export function StateRing({ word }: { word: StateWord }) {
  return (
    <svg class={`ring ring-${word}`} viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round">
      {inside(word)}
    </svg>
  );
}

function inside(word: StateWord) {
  switch (word) {
    case "asking":
    case "speaking":
      return (
        <>
          <circle cx="24" cy="24" r="20" />
          <circle cx="24" cy="24" r="12" fill="currentColor" stroke="none" />
        </>
      );
    case "voice":
    case "silence":
      return (
        <>
          <circle class="halo" cx="24" cy="24" r="20" fill="currentColor" stroke="none" />
          <circle cx="24" cy="24" r="12" />
        </>
      );
    case "taken":
      return (
        <>
          <circle cx="24" cy="24" r="20" opacity="0.4" />
          <path class="tick" d="M14 25l7 7 13-15" />
        </>
      );
    case "thinking":
      return (
        <>
          <circle cx="24" cy="24" r="20" opacity="0.25" />
          <path class="arc" d="M24 4a20 20 0 0 1 20 20" />
        </>
      );
    case "paused":
      return (
        <>
          <circle cx="24" cy="24" r="20" opacity="0.4" />
          <path d="M18 16v16M30 16v16" />
        </>
      );
    case "half_duplex":
      return <path d="M24 6a6 6 0 0 0-6 6v10a6 6 0 0 0 12 0V12a6 6 0 0 0-6-6zM12 22a12 12 0 0 0 24 0M24 34v8M8 8l32 32" />;
    case "idle":
      return <circle cx="24" cy="24" r="12" opacity="0.4" />;
  }
}
