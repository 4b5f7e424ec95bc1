// What the phone hands in, and what it takes for an answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isReport } from "../shared/documents.ts";
import { firstTooLong, MAX_OWN_CHARS, ownQuestions } from "../shared/own_questions.ts";

test("each line that was typed is a question, without what stands around it", () => {
  assert.deepEqual(ownQuestions("  Why  you? \r\n\n\u2028How?\nWhy you?\t\n"), ["Why you?", "How?"]);
  assert.deepEqual(ownQuestions(" \n "), []);
});

test("a question that is too long is named by its number, by characters and not by halves of them", () => {
  assert.equal(firstTooLong(["Why?", "x".repeat(MAX_OWN_CHARS)]), 0);
  assert.equal(firstTooLong(["Why?", "x".repeat(MAX_OWN_CHARS + 1)]), 2);
  assert.equal(firstTooLong(["\u{1F600}".repeat(MAX_OWN_CHARS)]), 0);
});

const REPORT = {
  document: "id", kind: "job", name: "job.pdf", role: "retail", lines: [{ number: 1, page: 1, text: "Serve customers" }], terms: ["till"],
  competencies: [{ id: "c", title: "C", lines: [1] }], questions: [{ id: "job-1", line: 1, text: "Why?" }],
};

test("an answer of the booth is known by its shape", () => {
  assert.ok(isReport(REPORT));
  for (const bad of [null, {}, { ...REPORT, kind: "letter" }, { ...REPORT, lines: [{ number: "1" }] }, { ...REPORT, questions: null }]) {
    assert.ok(!isReport(bad));
  }
});
