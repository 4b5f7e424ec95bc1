// * The mouth: nine shapes as six numbers each, and the way from one to the next.

export interface Mouth {
  /** 0 closed to 1 wide open. */
  readonly jaw: number;
  /** Corners: below 0 narrower, above 0 wider than at rest. */
  readonly wide: number;
  readonly round: number;
  /** Lips pressed together. */
  readonly press: number;
  readonly teeth: number;
  readonly tongue: number;
}

export type ShapeLetter = "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "X";

const mouth = (jaw: number, wide: number, round: number, press: number, teeth: number, tongue: number): Mouth => ({
  jaw, wide, round, press, teeth, tongue,
});

export const SHAPES: Readonly<Record<ShapeLetter, Mouth>> = {
  X: mouth(0, 0, 0, 0, 0, 0),
  A: mouth(0, -0.05, 0, 1, 0, 0),
  B: mouth(0.18, 0.25, 0, 0, 1, 0),
  C: mouth(0.5, 0.15, 0, 0, 0.4, 0.2),
  D: mouth(1, 0.05, 0, 0, 0.2, 0.3),
  E: mouth(0.5, -0.25, 0.5, 0, 0, 0.1),
  F: mouth(0.25, -0.6, 1, 0, 0, 0),
  G: mouth(0.12, 0.05, 0, 0, 1, 0),
  H: mouth(0.55, 0.05, 0, 0, 0.6, 1),
};

export const REST: Mouth = SHAPES.X;

export function shapeOf(letter: string): Mouth {
  return letter in SHAPES ? SHAPES[letter as ShapeLetter] : REST;
}

export function mix(from: Mouth, to: Mouth, share: number): Mouth {
  const at = Math.min(1, Math.max(0, share));
  const blend = (a: number, b: number) => a + (b - a) * at;
  return {
    jaw: blend(from.jaw, to.jaw),
    wide: blend(from.wide, to.wide),
    round: blend(from.round, to.round),
    press: blend(from.press, to.press),
    teeth: blend(from.teeth, to.teeth),
    tongue: blend(from.tongue, to.tongue),
  };
}

/** Closed, half open or open: the three mouths of less movement. */
export function coarse(shape: Mouth): Mouth {
  if (shape.jaw < 0.15) return REST;
  return shape.jaw < 0.6 ? SHAPES.C : SHAPES.D;
}

export interface MouthPaths {
  /** Outline of the lips. */
  readonly lips: string;
  /** The opening, which clips teeth and tongue. */
  readonly opening: string;
  /** The line between closed lips. */
  readonly line: string;
  readonly teethY: number;
  readonly tongueY: number;
  readonly openness: number;
}

const n = (value: number) => value.toFixed(1);

/** Draws a mouth around (0, 0), about 56 units wide at rest; `smile` (0 to 1) lifts the corners of a closed one. */
export function paths(shape: Mouth, smile = 1): MouthPaths {
  const half = (25 + 2 * smile) * (1 + 0.28 * shape.wide - 0.34 * shape.round);
  const open = 27 * shape.jaw * (1 - 0.15 * shape.round) + 4 * shape.round;
  const lipTop = 5.4 - 3.4 * shape.press + 2.2 * shape.round;
  const lipBottom = 8.6 - 4.2 * shape.press + 2.2 * shape.round;
  const top = -open * 0.32;
  const bottom = open * 0.68;
  const corner = -(1.2 + 4.6 * smile) * (1 - 0.8 * shape.round) * (1 - 0.55 * shape.jaw);
  const bow = half * 0.3;
  const inner = half - 3;
  const lips =
    `M${n(-half)} ${n(corner)}` +
    `C${n(-half * 0.62)} ${n(top - lipTop)} ${n(-bow)} ${n(top - lipTop - 1.6)} 0 ${n(top - lipTop + 1.2)}` +
    `C${n(bow)} ${n(top - lipTop - 1.6)} ${n(half * 0.62)} ${n(top - lipTop)} ${n(half)} ${n(corner)}` +
    `C${n(half * 0.62)} ${n(bottom + lipBottom)} ${n(-half * 0.62)} ${n(bottom + lipBottom)} ${n(-half)} ${n(corner)}Z`;
  const opening =
    `M${n(-inner)} ${n(corner)}` +
    `C${n(-inner * 0.55)} ${n(top)} ${n(inner * 0.55)} ${n(top)} ${n(inner)} ${n(corner)}` +
    `C${n(inner * 0.6)} ${n(bottom + 1)} ${n(-inner * 0.6)} ${n(bottom + 1)} ${n(-inner)} ${n(corner)}Z`;
  const line = `M${n(-inner)} ${n(corner)}Q0 ${n(-corner * 0.9 + 1.5)} ${n(inner)} ${n(corner)}`;
  return {
    lips,
    opening,
    line,
    teethY: top - 9 + 7 * shape.teeth,
    tongueY: bottom + 6 - 9 * shape.tongue * Math.min(1, open / 8),
    openness: open,
  };
}
