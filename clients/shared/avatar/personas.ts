// * How the interviewer is drawn in each style: by dress, hair and brow, never by the colour of the light.

export interface Look {
  readonly cloth: string;
  readonly clothShade: string;
  readonly shirt: string;
  readonly hairBack: string;
  readonly hairFront: string;
  readonly hairShine: string;
  readonly browLeft: string;
  /** 0 a straight mouth to 1 a friendly one, at rest. */
  readonly smile: number;
  readonly hasGlasses: boolean;
  readonly hasEarrings: boolean;
}

export const SKIN = { base: "#cf9672", shade: "#b57a55", lips: "#a9504a" } as const;
export const HAIR = { base: "#35251f", light: "#54392e", brow: "#35251f" } as const;
export const FACE_OUTLINE =
  "M107 124C107 84 130 64 160 64C190 64 213 84 213 124C213 148 209 168 199 186C189 204 176 215 160 215C144 215 131 204 121 186C111 168 107 148 107 124Z";

const BOB_BACK =
  "M94 140C84 78 120 40 162 40C206 40 236 78 227 142C224 166 232 186 228 204C224 218 202 222 192 210L128 210C118 222 96 218 92 204C88 186 97 166 94 140Z";
const BOB_FRONT =
  "M102 134C99 92 118 68 144 60C136 78 142 92 170 99C194 105 212 110 218 136C228 94 212 46 162 44C114 44 92 90 102 134Z";

const WARM: Look = {
  cloth: "#2f8079",
  clothShade: "#246660",
  shirt: "#f3ede4",
  hairBack: BOB_BACK,
  hairFront: BOB_FRONT,
  hairShine: "M127 63C118 70 112 80 109 92",
  browLeft: "M121 119C128 112 139 111.5 148 116",
  smile: 1,
  hasGlasses: false,
  hasEarrings: true,
};

const NEUTRAL: Look = {
  ...WARM,
  cloth: "#4a5f86",
  clothShade: "#3a4c6e",
  shirt: "#f4f1ea",
  browLeft: "M121 117C128 112.5 139 112.5 148 116",
  smile: 0.7,
  hasGlasses: true,
  hasEarrings: false,
};

const RESERVED: Look = {
  ...WARM,
  cloth: "#3d4753",
  clothShade: "#2e3740",
  shirt: "#e9eef1",
  hairBack: "M136 34C138 18 182 18 184 34C184 42 178 48 160 48C142 48 136 42 136 34ZM99 132C90 78 122 42 160 42C198 42 230 78 221 132C220 144 216 150 212 152L108 152C104 150 100 144 99 132Z",
  hairFront: "M104 128C104 98 120 82 160 80C200 82 216 98 216 128C228 86 208 44 160 44C112 44 92 86 104 128Z",
  hairShine: "M134 55C122 61 114 70 110 82",
  browLeft: "M121 117.5C129 114.5 139 114.5 148 117.5",
  smile: 0.3,
  hasGlasses: false,
  hasEarrings: true,
};

const PRESSING: Look = {
  ...RESERVED,
  cloth: "#5b3a44",
  clothShade: "#472d35",
  browLeft: "M121 116C129 115 139 117 148 120",
  smile: 0.1,
  hasGlasses: true,
  hasEarrings: false,
};

const LOOKS: Readonly<Record<string, Look>> = { supportive: WARM, neutral: NEUTRAL, cold: RESERVED, pressure: PRESSING };

export function lookOf(style: string): Look {
  return LOOKS[style] ?? WARM;
}
