import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, withBatch, withHello, withSnapshot, type View } from "../shared/store.ts";
import { SCHEMA_VERSION, type BatchEvent, type BoothState, type Gauges, type Hello } from "../shared/wire.gen.ts";

const HELLO: Hello = {
  type: "hello", schema: SCHEMA_VERSION, boot_id: "a", version: "0", role: "kiosk", t: 0, panel_mm: [476, 268], locale: "en", booth: "B",
  self_view: true,
  phone_url: "",
};
const STATE: BoothState = {
  t: 1, phase: "listening", state: "voice", session: "s", style: "supportive", role: "graduate", pacing: "normal", questions: 4, roles: [],
  question: { turn: 1, number: 1, of: 4, text: "Why?", is_follow_up: false, suggested_s: 90, id: "q", source: null }, turn: 1, answering_since_t: 1,
  caption_you: "so", caption_booth: "Why?", checks: [], gaze_points: [], engines: [], devices: [], notice: null, report: null, allowed: ["done"], scores: [],
  cues: false,
  documents_note: "",
};
const view = (): View => withSnapshot(withHello(EMPTY, HELLO), { type: "snapshot", seq: 7, state: STATE });
const after = (events: readonly BatchEvent[], gauges: Gauges = {}, from = view()): View =>
  withBatch(from, from.seq + 1, { type: "batch", t: 2, events, gauges });

test("frames build on the snapshot in order", () => {
  const next = after([{ type: "phase", t: 2, phase: "thinking", allowed: [] }]);
  assert.equal(next.seq, 8);
  assert.equal(next.state?.phase, "thinking");
  assert.equal(next.state?.t, 2);
});

test("a gap in the numbers makes the view stale until a snapshot comes", () => {
  const lost = withBatch(view(), 9, { type: "batch", t: 2, events: [{ type: "state", t: 2, state: "taken" }], gauges: {} });
  assert.ok(lost.isStale);
  assert.equal(lost.state?.state, "voice");
  assert.equal(after([{ type: "state", t: 2, state: "taken" }], {}, lost).state?.state, "voice");
  assert.equal(withSnapshot(lost, { type: "snapshot", seq: 9, state: STATE }).isStale, false);
});

test("a frame that was taken in before is ignored", () => {
  const now = view();
  assert.equal(withBatch(now, 7, { type: "batch", t: 2, events: [], gauges: {} }), now);
});

test("nothing is taken in before the first snapshot", () => {
  const greeted = withHello(EMPTY, HELLO);
  assert.equal(withBatch(greeted, 1, { type: "batch", t: 2, events: [], gauges: { faces: 1 } }), greeted);
});

test("another boot of the daemon forgets everything, the same boot nothing", () => {
  assert.equal(withHello(view(), { ...HELLO, boot_id: "b" }).state, null);
  assert.equal(withHello(view(), HELLO).state?.question?.text, "Why?");
});

test("another schema is noticed", () => {
  assert.ok(withHello(EMPTY, { ...HELLO, schema: SCHEMA_VERSION + 1 }).isWrongVersion);
});

test("gauges that were not sent keep their value, null means cannot tell", () => {
  const first = after([], { pace_wpm: 140, eye_contact: 0.5 });
  const second = after([], { eye_contact: null }, first);
  assert.deepEqual(second.gauges, { pace_wpm: 140, eye_contact: null });
});

test("a question clears the answer before it", () => {
  const next = after([{ type: "question", t: 2, question: { turn: 2, number: 2, of: 4, text: "How?", is_follow_up: false, suggested_s: 60, id: "q2", source: null } }]);
  assert.equal(next.you.text, "");
  assert.equal(next.state?.turn, 2);
  assert.equal(next.announcement, "How?");
});

test("only finished captions are announced, and the question not twice", () => {
  const said = { type: "caption", t: 2, speaker: "you", turn: 1, revision: 1, keep: 2, text: " I went", settled: 3, is_final: false } as const;
  assert.equal(after([said]).announcement, "");
  assert.equal(after([{ ...said, is_final: true }]).announcement, "so I went");
  const repeat = { ...said, speaker: "booth", keep: 0, text: "Why?", is_final: true } as const;
  assert.equal(after([repeat]).announcement, "");
});

test("a caption that builds on unknown words asks for a snapshot", () => {
  assert.ok(after([{ type: "caption", t: 2, speaker: "you", turn: 1, revision: 1, keep: 40, text: "x", settled: 0, is_final: false }]).isStale);
});

test("an empty notice clears the one before", () => {
  const shown = after([{ type: "notice", t: 2, code: "x", text: "Careful", severity: "warn" }]);
  assert.equal(shown.state?.notice?.text, "Careful");
  assert.equal(after([{ type: "notice", t: 2, code: "x", text: "", severity: "warn" }], {}, shown).state?.notice, null);
});

test("a new session drops what was shown of the one before", () => {
  const next = after([{ type: "session", t: 2, session: "s2", style: "cold", role: "r", pacing: "fast", questions: 3, documents_note: "Room for one" }], { faces: 1 });
  assert.equal(next.state?.session, "s2");
  assert.equal(next.state?.documents_note, "Room for one");
  assert.equal(next.state?.question, null);
  assert.equal(next.you.text, "");
  assert.deepEqual(next.gauges, {});
});

test("back at the attract screen nothing of the candidate is left", () => {
  const next = after([{ type: "phase", t: 2, phase: "attract", allowed: ["begin"] }]);
  const text = JSON.stringify({ ...next, hello: null });
  assert.doesNotMatch(text, /Why|so/);
  assert.equal(next.state?.session, null);
  const scored = after([{ type: "answer_scored", t: 2, score: { turn: 1, number: 1, band: 4, rating: "strong", certainty: "high", bands: [], text: "" } }]);
  assert.equal(scored.state?.scores.length, 1);
  assert.deepEqual(after([{ type: "phase", t: 3, phase: "attract", allowed: [] }], {}, scored).state?.scores, []);
});

test("a cut closes the mouth of its generation", () => {
  const track = { type: "visemes", turn: 1, generation: 3, t0: 2, at_ms: [0], shapes: "D" } as const;
  const speaking = after([track]);
  assert.equal(speaking.player.tracks.length, 1);
  assert.equal(after([{ type: "viseme_cut", t: 2, generation: 3 }], {}, speaking).player.tracks.length, 0);
});

test("a cue stays until the answer is over or cues are switched off", () => {
  const cue: BatchEvent = { type: "cue", t: 2, turn: 1, name: "slow_down", text: "Slow down", show_s: 4 };
  const shown = after([{ type: "cues", t: 2, is_on: true }, cue]);
  assert.equal(shown.state?.cues, true);
  assert.deepEqual(shown.cue, cue);
  assert.equal(after([{ type: "answering", t: 3, turn: 1, since_t: null }], {}, shown).cue, null);
  assert.equal(after([{ type: "turn_taken", t: 3, turn: 1, ended_by: "done", gap_s: null }], {}, shown).cue, null);
  assert.equal(after([{ type: "cues", t: 3, is_on: false }], {}, shown).cue, null);
  assert.equal(withSnapshot(shown, { type: "snapshot", seq: 9, state: STATE }).cue, null);
});
