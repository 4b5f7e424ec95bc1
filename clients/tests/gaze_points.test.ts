import assert from "node:assert/strict";
import { test } from "node:test";
import { pointAt } from "../shared/gaze_points.ts";
import type { GazePoint } from "../shared/wire.gen.ts";

const POINTS: readonly GazePoint[] = [
  { name: "lens", x: 0.5, y: 0, from_t: 10, to_t: 11.5 },
  { name: "left", x: 0.02, y: 0.35, from_t: 11.5, to_t: 13 },
];

test("a point is shown from its first moment until the next one's", () => {
  assert.equal(pointAt(POINTS, 10)?.name, "lens");
  assert.equal(pointAt(POINTS, 11.49)?.name, "lens");
  assert.equal(pointAt(POINTS, 11.5)?.name, "left");
});

test("nothing is shown before the first point, after the last one, and while the booth's time is unknown", () => {
  assert.equal(pointAt(POINTS, 9.9), null);
  assert.equal(pointAt(POINTS, 13), null);
  assert.equal(pointAt(POINTS, null), null);
  assert.equal(pointAt([], 10), null);
});
