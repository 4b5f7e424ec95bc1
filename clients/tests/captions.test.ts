import assert from "node:assert/strict";
import { test } from "node:test";
import { fromSnapshot, NO_CAPTION, parts, questionPart, withCaption, type CaptionLine } from "../shared/captions.ts";
import type { Caption } from "../shared/wire.gen.ts";

const caption = (part: Partial<Caption>): Caption => ({
  type: "caption", t: 0, speaker: "you", turn: 1, revision: 1, keep: 0, text: "", settled: 0, is_final: false, ...part,
});

function applied(line: CaptionLine, part: Partial<Caption>): CaptionLine {
  const next = withCaption(line, caption(part));
  assert.ok(next);
  return next;
}

test("a revision replaces everything after the prefix it keeps", () => {
  const first = applied(NO_CAPTION, { text: "I build a", settled: 2 });
  const second = applied(first, { revision: 2, keep: 2, text: "built a shop", settled: 8 });
  assert.equal(second.text, "I built a shop");
  assert.deepEqual(parts(second), { settled: "I built ", tail: "a shop" });
});

test("a final settles every word", () => {
  const line = applied(NO_CAPTION, { text: "so I did", settled: 0, is_final: true });
  assert.deepEqual(parts(line), { settled: "so I did", tail: "" });
});

test("another turn starts from nothing", () => {
  const line = applied(applied(NO_CAPTION, { text: "old words" }), { turn: 2, revision: 1, text: "new" });
  assert.equal(line.text, "new");
});

test("a late revision is ignored", () => {
  const line = applied(NO_CAPTION, { revision: 5, text: "five" });
  assert.equal(withCaption(line, caption({ revision: 4, text: "four" })), line);
});

test("a prefix that is not here means that something was lost", () => {
  assert.equal(withCaption(NO_CAPTION, caption({ keep: 3, text: "x" })), null);
});

test("characters outside the basic plane count once, as on the wire", () => {
  const line = applied(NO_CAPTION, { text: "ok \u{1F44D} yes", settled: 5 });
  assert.equal(parts(line).settled, "ok \u{1F44D} ");
  assert.equal(applied(line, { revision: 2, keep: 4, text: "!" }).text, "ok \u{1F44D}!");
});

test("after a snapshot the words go on, whatever turn they belong to", () => {
  const line = applied(fromSnapshot("I built"), { revision: 9, keep: 7, text: " it" });
  assert.equal(line.text, "I built it");
});

test("a question is revealed after the words that stand before it", () => {
  const question = "Tell me about a time when you had to wait.";
  assert.equal(questionPart(question, ""), null);
  assert.equal(questionPart(question, "Thank you. "), null);
  assert.equal(questionPart(question, "Thank you. Tell me about a time "), "Tell me about a time ");
  assert.equal(questionPart(question, question), question);
  assert.equal(questionPart(question, "Something else entirely."), null);
});
