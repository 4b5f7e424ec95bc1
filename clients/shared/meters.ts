// * Gauges as meters: what to write, where to put the dot, and when to say "cannot tell".
import { numberText, percentText } from "./format.ts";
import { t } from "./words.ts";
import type { Gauges } from "./wire.gen.ts";

export type MeterName = "pace" | "pauses" | "loudness" | "eyeContact" | "headPose";
export const METER_NAMES: readonly MeterName[] = ["pace", "pauses", "loudness", "eyeContact", "headPose"];

export interface Meter {
  readonly name: MeterName;
  readonly label: string;
  readonly status: "value" | "settling" | "cannot_tell";
  /** The number, large. */
  readonly value: string;
  /** What the number is, small. */
  readonly detail: string;
  readonly spoken: string;
  readonly now: number | null;
  readonly min: number;
  readonly max: number;
  /** Where the neutral band lies, in the meter's unit; null without one. */
  readonly band: readonly [number, number] | null;
}

/** Pace and shares mean little before this much speech. */
const SETTLING_S = 5;
/** Conversational range in words a minute. */
const PACE_BAND = [110, 190] as const;

interface Scale {
  readonly min: number;
  readonly max: number;
  readonly band: readonly [number, number] | null;
}

const SCALES: Readonly<Record<MeterName, Scale>> = {
  pace: { min: 60, max: 240, band: PACE_BAND },
  pauses: { min: 0, max: 1, band: null },
  loudness: { min: -60, max: -6, band: [-36, -16] },
  eyeContact: { min: 0, max: 1, band: null },
  headPose: { min: -40, max: 40, band: [-10, 10] },
};

export function meter(name: MeterName, gauges: Gauges): Meter {
  switch (name) {
    case "pace":
      return single(name, t.meters.pace, gauges.pace_wpm, gauges, (v) => [numberText(v), t.meters.wordsPerMinute]);
    case "pauses":
      return pauses(gauges);
    case "loudness":
      return single(name, t.meters.loudness, gauges.loudness_dbfs, gauges, (v) => [numberText(v), t.meters.decibel]);
    case "eyeContact":
      return single(name, t.meters.eyeContact, gauges.eye_contact, gauges, (v) => [percentText(v), ""]);
    case "headPose":
      return headPose(gauges);
  }
}

function single(
  name: MeterName,
  label: string,
  value: number | null | undefined,
  gauges: Gauges,
  say: (value: number) => [string, string],
): Meter {
  const scale = SCALES[name];
  if (value === undefined || (value === null && isSettling(gauges) && gauges.faces !== 0)) {
    const detail = value === undefined ? t.meters.notYet : t.meters.settling;
    return { name, label, status: "settling", value: "\u2013", detail, spoken: detail, now: null, ...scale };
  }
  if (value === null) return cannotTell(name, label, name === "eyeContact" ? faceReason(gauges) : t.meters.cannotTell);
  const [text, detail] = say(value);
  return { name, label, status: "value", value: text, detail, spoken: `${text} ${name === "eyeContact" ? t.meters.ofAnswer : detail}`, now: value, ...scale };
}

function pauses(gauges: Gauges): Meter {
  const count = typeof gauges.pauses === "number" ? numberText(gauges.pauses) : "";
  const shown = single("pauses", t.meters.pauses, gauges.pause_share, gauges, (v) =>
    count === "" ? [percentText(v), ""] : [count, percentText(v)],
  );
  return shown.status === "value" && count !== "" ? { ...shown, spoken: t.meters.pausesSpoken(count, shown.detail) } : shown;
}

function headPose(gauges: Gauges): Meter {
  const { yaw_deg: yaw, pitch_deg: pitch, roll_deg: roll } = gauges;
  const label = t.meters.headPose;
  if (yaw === undefined) return single("headPose", label, undefined, gauges, () => ["", ""]);
  if (yaw === null || typeof pitch !== "number") return cannotTell("headPose", label, faceReason(gauges));
  const spoken = t.meters.degreesSpoken(numberText(yaw), numberText(pitch), numberText(roll ?? 0));
  return {
    name: "headPose",
    label,
    status: "value",
    value: t.meters.degrees(numberText(yaw), numberText(pitch)),
    detail: "",
    spoken,
    now: yaw,
    ...SCALES.headPose,
  };
}

function cannotTell(name: MeterName, label: string, reason: string): Meter {
  return { name, label, status: "cannot_tell", value: "\u2013", detail: reason, spoken: `${t.meters.cannotTell}, ${reason}`, now: null, ...SCALES[name] };
}

function faceReason(gauges: Gauges): string {
  if (gauges.faces === 0) return t.meters.noFace;
  if (typeof gauges.faces === "number" && gauges.faces > 1) return t.meters.faces(gauges.faces);
  return t.meters.cannotTell;
}

function isSettling(gauges: Gauges): boolean {
  return typeof gauges.talk_s === "number" && gauges.talk_s < SETTLING_S;
}

/** Where a value stands on its meter's scale, 0 to 1. */
export function position(value: number, min: number, max: number): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}

/** A live level as a share of the bar: -60 dBFS is empty, -6 full. */
export function levelShare(dbfs: number | null | undefined): number {
  return typeof dbfs === "number" ? position(dbfs, -60, -6) : 0;
}
