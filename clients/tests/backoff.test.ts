import assert from "node:assert/strict";
import { test } from "node:test";
import { delay_s } from "../shared/backoff.ts";

test("waits grow from a quarter of a second to four and stay there", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 1000].map((attempt) => delay_s(attempt, 0.5)), [0.25, 0.5, 1, 2, 4, 4, 4]);
});

test("chance moves a wait by at most thirty percent", () => {
  assert.ok(Math.abs(delay_s(0, 0) - 0.175) < 1e-9);
  assert.ok(Math.abs(delay_s(0, 1) - 0.325) < 1e-9);
});
