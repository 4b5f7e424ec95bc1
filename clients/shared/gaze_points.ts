// * Which point of the gaze check is on at a time.
import type { GazePoint } from "./wire.gen.ts";

/** The point to look at; null before the first, after the last, and while the booth's time is unknown. */
export function pointAt(points: readonly GazePoint[], now_t: number | null): GazePoint | null {
  if (now_t === null) return null;
  return points.find((point) => point.from_t <= now_t && now_t < point.to_t) ?? null;
}
