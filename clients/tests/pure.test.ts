import assert from "node:assert/strict";
import { test } from "node:test";
import { fontSize_px, largestThatFits, pixelsPerMm } from "../shared/fit.ts";
import { clockSpoken, clockText, factText, numberText } from "../shared/format.ts";
import { meter, position } from "../shared/meters.ts";
import { path, side } from "../shared/qr.ts";

test("needed text is 52 px on a 21.5 inch panel, whichever way it stands", () => {
  for (const [width, height] of [[1920, 1080], [1080, 1920]] as const) {
    assert.equal(Math.round(fontSize_px(42, pixelsPerMm([476, 268], width, height))), 52);
  }
});

test("a capital of 42 arc-minutes is 8.6 mm high", () => {
  const pxPerMm = pixelsPerMm([476, 268], 1920, 1080);
  assert.ok(Math.abs((fontSize_px(42, pxPerMm) * 0.668) / pxPerMm - 8.55) < 0.05);
});

test("a panel without a size does not divide by nothing", () => {
  assert.equal(pixelsPerMm([0, 0], 1920, 1080), 1);
});

test("fitting finds the largest size that fits, and says when none does", () => {
  const found = largestThatFits((size) => size <= 61.3, 42, 90);
  assert.ok(found.fits && found.size <= 61.3 && found.size > 60);
  assert.deepEqual(largestThatFits(() => true, 42, 90), { size: 90, fits: true });
  assert.deepEqual(largestThatFits(() => false, 42, 90), { size: 42, fits: false });
});

test("times count up in minutes and seconds and never below zero", () => {
  assert.equal(clockText(125.9), "2:05");
  assert.equal(clockText(-3), "0:00");
  assert.equal(clockSpoken(61), "1 minute 1 second");
  assert.equal(clockSpoken(45), "45 seconds");
});

test("numbers carry their unit and a real minus", () => {
  assert.equal(numberText(-3.4), "\u22123");
  assert.equal(numberText(-0.2), "0");
  assert.equal(factText(0.706, "share"), "71 %");
  assert.equal(factText(141.6, "wpm"), "142 words/min");
  assert.equal(factText(2.44, "s"), "2.4 seconds");
  assert.equal(factText(90, "s"), "1:30 minutes");
  assert.equal(factText(3, "count"), "3");
  assert.equal(factText(1.5, "Hz"), "1.5 Hz");
});

test("a QR code is one path with the quiet zone around", () => {
  assert.equal(side(["110", "001", "000"]), 11);
  assert.equal(path(["110", "001", "000"]), "M4 4h2v1h-2zM6 5h1v1h-1z");
});

test("a meter shows its value on its scale", () => {
  const pace = meter("pace", { pace_wpm: 150, talk_s: 20 });
  assert.equal(pace.status, "value");
  assert.equal(pace.value, "150");
  assert.deepEqual(pace.band, [110, 190]);
  assert.equal(position(150, pace.min, pace.max), 0.5);
});

test("a meter says that it cannot tell, and why", () => {
  const eyes = meter("eyeContact", { eye_contact: null, faces: 0, talk_s: 20 });
  assert.equal(eyes.status, "cannot_tell");
  assert.equal(eyes.detail, "no face");
  assert.equal(eyes.now, null);
  assert.equal(meter("headPose", { yaw_deg: null, faces: 2 }).detail, "2 faces");
});

test("a meter settles before there is enough speech, and before anything was sent", () => {
  assert.equal(meter("pace", { pace_wpm: null, talk_s: 2 }).status, "settling");
  assert.equal(meter("loudness", {}).status, "settling");
});

test("head pose names its angles for a screen reader", () => {
  assert.equal(meter("headPose", { yaw_deg: -4, pitch_deg: 6, roll_deg: 1 }).spoken, "turned \u22124, raised 6, tilted 1 degrees");
});
