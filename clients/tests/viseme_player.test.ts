import assert from "node:assert/strict";
import { test } from "node:test";
import { coarse, mix, paths, REST, SHAPES } from "../shared/avatar/shapes.ts";
import { busyUntil_t, mouthAt, SILENT, withCut, withTrack } from "../shared/viseme_player.ts";
import type { VisemeTrack } from "../shared/wire.gen.ts";

const track = (part: Partial<VisemeTrack>): VisemeTrack => ({
  type: "visemes", turn: 1, generation: 1, t0: 10, at_ms: [0, 100, 200, 300], shapes: "DABX", ...part,
});
const playing = withTrack(SILENT, track({}), 9.8);

test("the mouth rests before, opens at the first sound and rests after the last", () => {
  assert.deepEqual(mouthAt(playing, 9.5), REST);
  assert.equal(mouthAt(playing, 10.05).jaw, SHAPES.D.jaw);
  assert.deepEqual(mouthAt(playing, 11), REST);
});

test("opening takes 40 ms and closing 80", () => {
  assert.ok(Math.abs(mouthAt(playing, 10.02).jaw - 0.5) < 1e-6);
  assert.ok(Math.abs(mouthAt(playing, 10.14).press - 0.5) < 1e-6);
});

test("lips close when the booth says, which is ahead of their sound already", () => {
  assert.equal(mouthAt(playing, 10.1).press, 0);
  assert.ok(mouthAt(playing, 10.16).press > 0.7);
});

test("a cut closes the mouth of its generation and of older ones only", () => {
  assert.deepEqual(mouthAt(withCut(playing, 1), 10.05), REST);
  assert.equal(mouthAt(withCut(playing, 0), 10.05).jaw, mouthAt(playing, 10.05).jaw);
});

test("a track that is sent again with a later start replaces what the first still had", () => {
  const again = withTrack(playing, track({ t0: 10.15, at_ms: [0, 500], shapes: "FX" }), 10.1);
  assert.equal(mouthAt(again, 10.3).round, 1);
  assert.equal(again.tracks[0]?.shapes, "DA");
});

test("tracks of one sentence follow each other", () => {
  const both = withTrack(playing, track({ t0: 10.4, at_ms: [0], shapes: "E" }), 9.8);
  assert.ok(mouthAt(both, 10.039).jaw > 0.9);
  assert.ok(mouthAt(both, 10.5).round > 0.4);
});

test("a malformed track is ignored", () => {
  assert.equal(withTrack(SILENT, track({ shapes: "A" }), 0), SILENT);
  assert.equal(withTrack(SILENT, track({ at_ms: [], shapes: "" }), 0), SILENT);
});

test("an unknown letter is a mouth at rest", () => {
  assert.deepEqual(mouthAt(withTrack(SILENT, track({ at_ms: [0], shapes: "?" }), 9.9), 10.1), REST);
});

test("drawing may stop when the last shape is over", () => {
  assert.equal(busyUntil_t(SILENT), -Infinity);
  assert.ok(busyUntil_t(playing) > 10.3 && busyUntil_t(playing) < 11);
});

test("the number of tracks is bounded", () => {
  let player = SILENT;
  for (let k = 0; k < 100; k += 1) player = withTrack(player, track({ t0: 10 + k / 10 }), 10);
  assert.ok(player.tracks.length <= 16);
});

test("less movement knows three mouths", () => {
  const kinds = new Set("ABCDEFGHX".split("").map((letter) => coarse(SHAPES[letter as keyof typeof SHAPES]).jaw));
  assert.deepEqual([...kinds].sort(), [0, 0.5, 1]);
});

test("every shape draws finite paths, and a mix stays between its ends", () => {
  for (const shape of Object.values(SHAPES)) {
    for (const text of [paths(shape).lips, paths(shape).opening, paths(shape).line]) assert.doesNotMatch(text, /NaN|Infinity|undefined/);
  }
  assert.deepEqual(mix(SHAPES.A, SHAPES.D, -1), SHAPES.A);
  assert.deepEqual(mix(SHAPES.A, SHAPES.D, 2), SHAPES.D);
});
