import assert from "node:assert/strict";
import { test } from "node:test";
import { boothTime, guess, NO_ESTIMATE, withPong } from "../shared/clock.ts";

test("there is no booth time before a first message", () => {
  assert.equal(boothTime(NO_ESTIMATE, 1000), null);
});

test("hello gives a first guess that any pong replaces", () => {
  const first = guess(10, 2000);
  assert.equal(boothTime(first, 2500), 10.5);
  const better = withPong(first, 2000, 10.02, 2010);
  assert.equal(better.offset_s, 10.02 - 2.005);
});

test("the exchange with the shortest round trip decides", () => {
  const slow = withPong(NO_ESTIMATE, 0, 5.2, 400);
  const quick = withPong(slow, 500, 5.501, 502);
  const slowAgain = withPong(quick, 600, 5.9, 900);
  assert.equal(slowAgain.offset_s, quick.offset_s);
  assert.ok(Math.abs((quick.offset_s ?? 0) - 5) < 1e-9);
});

test("an exchange older than half a minute is forgotten, so drift is followed", () => {
  const quick = withPong(NO_ESTIMATE, 0, 5, 2);
  const later = withPong(quick, 31_000, 36.5, 31_020);
  assert.equal(later.samples.length, 1);
  assert.ok(Math.abs((later.offset_s ?? 0) - 5.49) < 1e-9);
});

test("impossible exchanges change nothing", () => {
  assert.equal(withPong(NO_ESTIMATE, 100, 5, 50), NO_ESTIMATE);
  assert.equal(withPong(NO_ESTIMATE, 0, Number.NaN, 50), NO_ESTIMATE);
});

test("the number of samples is bounded", () => {
  let estimate = NO_ESTIMATE;
  for (let k = 0; k < 500; k += 1) estimate = withPong(estimate, k, k / 1000, k + 1);
  assert.ok(estimate.samples.length <= 32);
});
