import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decode, encode } from "@msgpack/msgpack";
import { decodeFrame, decodeSelfView, encodeMessage, MAX_FRAME_BYTES } from "../shared/wire.ts";
import type { InboundMessage } from "../shared/wire.gen.ts";

interface Golden {
  readonly type: string;
  readonly seq?: number;
  readonly hex: string;
  readonly value: unknown;
}
const path = join(process.cwd(), "../tests/server/golden.json");
const goldens: Record<string, readonly Golden[]> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
const skip = existsSync(path) ? false : "the daemon's golden frames are not here";

test("every message that the daemon writes is understood, to the last field", { skip }, () => {
  for (const { type, hex, value } of goldens["server"] ?? []) {
    const frame = decodeFrame(Buffer.from(hex, "hex"));
    if (type === "batch") continue;
    assert.deepEqual(frame, value, type);
  }
  assert.ok((goldens["server"] ?? []).length > 5);
});

test("every event that the daemon writes is understood in a numbered batch", { skip }, () => {
  for (const { type, value } of goldens["events"] ?? []) {
    const frame = decodeFrame(encode([5, { type: "batch", t: 1, events: [value], gauges: {} }]));
    assert.ok(frame?.type === "batch");
    assert.equal(frame.dropped, 0, type);
    assert.deepEqual(frame.batch.events, [value]);
  }
  assert.ok((goldens["events"] ?? []).length >= 14);
});

test("numbered batches are read as the daemon writes them", { skip }, () => {
  for (const { hex, seq, value } of goldens["frames"] ?? []) {
    const frame = decodeFrame(Buffer.from(hex, "hex"));
    assert.ok(frame?.type === "batch");
    assert.equal(frame.seq, seq);
    assert.deepEqual([frame.seq, frame.batch], value);
  }
  assert.ok((goldens["frames"] ?? []).length > 0);
});

test("what the page sends decodes to what the daemon expects", { skip }, () => {
  for (const { type, hex, value } of goldens["inbound"] ?? []) {
    assert.deepEqual(decode(encodeMessage(value as InboundMessage)), decode(Buffer.from(hex, "hex")), type);
  }
  assert.ok((goldens["inbound"] ?? []).length >= 13);
});

const batch = (events: unknown, gauges: unknown = {}) => encode([3, { type: "batch", t: 1, events, gauges }]);

test("an unknown event is counted and the rest is used", () => {
  const frame = decodeFrame(batch([{ type: "firework" }, { type: "state", t: 1, state: "voice" }]));
  assert.ok(frame?.type === "batch");
  assert.equal(frame.dropped, 1);
  assert.equal(frame.batch.events.length, 1);
});

test("an event of the wrong shape is counted like an unknown one", () => {
  for (const event of [
    { type: "state", t: 1, state: "angry" },
    { type: "question", t: 1, question: { text: 5 } },
    { type: "caption", t: Number.NaN },
    { type: "notice", t: 1, code: "x", text: null, severity: "warn" },
    null,
    [],
    "state",
  ]) {
    const frame = decodeFrame(batch([event]));
    assert.ok(frame?.type === "batch");
    assert.equal(frame.dropped, 1, JSON.stringify(event));
  }
});

test("gauges that are no numbers are left out", () => {
  const frame = decodeFrame(batch([], { pace_wpm: 140, eye_contact: null, faces: "many", constructor: 1 }));
  assert.ok(frame?.type === "batch");
  assert.deepEqual(frame.batch.gauges, { pace_wpm: 140, eye_contact: null });
});

test("garbage is no frame", () => {
  for (const data of [new Uint8Array(), new Uint8Array([0xc1]), encode(null), encode(7), encode({ type: "hello" }), encode({ type: "__proto__" }), encode([1]), encode([1, 2, 3])]) {
    assert.equal(decodeFrame(data), null);
  }
});

test("a frame beyond any real size is not even decoded", () => {
  assert.equal(decodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1)), null);
});

test("random bytes never throw", () => {
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 2147483647);
  for (let k = 0; k < 3000; k += 1) {
    decodeFrame(Uint8Array.from({ length: next() % 60 }, () => next() % 256));
  }
});

test("a picture of the candidate is known by its shape, and nothing else is taken for one", () => {
  const picture = { type: "self_view", t: 1.5, framing: "nearer", jpeg: new Uint8Array([255, 216]) };
  assert.deepEqual(decodeSelfView(encode(picture)), picture);
  for (const wrong of [{ ...picture, framing: "sideways" }, { ...picture, jpeg: "text" }, { type: "ack", command_id: "1" }, [1], null]) {
    assert.equal(decodeSelfView(encode(wrong)), null);
  }
  assert.equal(decodeSelfView(new Uint8Array([0xc1])), null);
  assert.equal(decodeSelfView(new Uint8Array(MAX_FRAME_BYTES + 1)), null);
  assert.equal(decodeFrame(encode(picture)), null);
});
