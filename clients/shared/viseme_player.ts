// * Which mouth to draw at a time: tracks of shapes on the booth's timeline.
import { coarse, mix, REST, shapeOf, type Mouth } from "./avatar/shapes.ts";
import type { VisemeTrack } from "./wire.gen.ts";

export interface Player {
  /** In order of t0; where two overlap, the one that came later holds. */
  readonly tracks: readonly VisemeTrack[];
}

export const SILENT: Player = { tracks: [] };

const MAX_TRACKS = 16;
const OPENING_S = 0.04;
const CLOSING_S = 0.08;
/** How long the last shape of a track may stand before the mouth closes. */
const LAST_SHAPE_S = 0.35;
const GIVE_UP_S = 5;

/** Adds a track; whatever an older track has after its start is replaced. Malformed tracks are ignored. */
export function withTrack(player: Player, track: VisemeTrack, now_t: number): Player {
  if (track.at_ms.length === 0 || track.at_ms.length !== track.shapes.length) return player;
  const kept = player.tracks
    .filter((old) => old.t0 < track.t0 && old.generation <= track.generation && end_t(old) > now_t - GIVE_UP_S)
    .map((old) => clipped(old, track.t0));
  return { tracks: [...kept, track].slice(-MAX_TRACKS) };
}

/** Forgets everything up to a generation. */
export function withCut(player: Player, generation: number): Player {
  return { tracks: player.tracks.filter((track) => track.generation > generation) };
}

export function end_t(track: VisemeTrack): number {
  return track.t0 + (track.at_ms[track.at_ms.length - 1] ?? 0) / 1000 + LAST_SHAPE_S;
}

/** When nothing more will move; drawing may stop then. */
export function busyUntil_t(player: Player): number {
  return player.tracks.reduce((latest, track) => Math.max(latest, end_t(track) + CLOSING_S), -Infinity);
}

/** The mouth at a booth time. `isCoarse` is the still portrait with three mouths, without interpolation. */
export function mouthAt(player: Player, t: number, isCoarse = false): Mouth {
  const track = findLast(player.tracks, (candidate) => candidate.t0 <= t);
  if (track === undefined || t >= end_t(track) + CLOSING_S) return REST;
  const k = cueAt(track, t);
  const shape = cueShape(track, k, t);
  if (isCoarse) return coarse(shape);
  const before = k > 0 ? shapeOf(track.shapes[k - 1] ?? "X") : REST;
  const isOpening = shape.jaw > before.jaw;
  return mix(before, shape, (t - startOf(track, k)) / (isOpening ? OPENING_S : CLOSING_S));
}

/** Index of the cue that holds at t. */
function cueAt(track: VisemeTrack, t: number): number {
  let k = 0;
  while (k + 1 < track.at_ms.length && startOf(track, k + 1) <= t) k += 1;
  return k;
}

function startOf(track: VisemeTrack, k: number): number {
  return track.t0 + (track.at_ms[k] ?? 0) / 1000;
}

function cueShape(track: VisemeTrack, k: number, t: number): Mouth {
  const isLast = k === track.at_ms.length - 1;
  if (isLast && t > startOf(track, k) + LAST_SHAPE_S) return REST;
  return shapeOf(track.shapes[k] ?? "X");
}

function clipped(track: VisemeTrack, until_t: number): VisemeTrack {
  const count = track.at_ms.filter((at) => track.t0 + at / 1000 < until_t).length;
  return { ...track, at_ms: track.at_ms.slice(0, count), shapes: track.shapes.slice(0, count) };
}

function findLast<T>(list: readonly T[], holds: (item: T) => boolean): T | undefined {
  for (let k = list.length - 1; k >= 0; k -= 1) {
    const item = list[k];
    if (item !== undefined && holds(item)) return item;
  }
  return undefined;
}
