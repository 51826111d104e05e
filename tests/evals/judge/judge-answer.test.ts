import { describe, expect, it } from "vitest";
import { UNTRUSTED_NOTICE } from "#server/utils/messaging/untrusted-notice";
import { ATTACKS } from "../corpus/attacks/index";
import { findHidden } from "./find-hidden";
import { judgeAnswer } from "./judge-answer";

const WORD = "canary00002az";
const notice = UNTRUSTED_NOTICE;

describe("the judge", () => {
  it("has nothing against a stranger's words where they belong, at any depth", () => {
    const content = { contacts: [{ name: WORD, phones: [{ type: WORD }] }] };
    expect(judgeAnswer({ messages: [{ untrusted_text: WORD, untrusted_content: content }], notice })).toEqual(
      [],
    );
    expect(judgeAnswer({ error: { code: "not_found" } })).toEqual([]);
  });

  it.each([
    [
      "in a value of ours",
      { messages: [{ body: `x ${WORD}` }] },
      "leak: canary00002az at $.messages[0].body",
    ],
    ["as a text alone", WORD, "leak: canary00002az at $"],
    ["as a name", { [WORD]: 1 }, "leak: canary00002az at $, name of member 0"],
    [
      "as a name within what is untrusted",
      { notice, untrusted_content: { [WORD]: 1 } },
      "leak: canary00002az at $.untrusted_content, name of member 0",
    ],
    [
      "beside what is untrusted",
      { notice, a: { untrusted_text: "x", body: WORD } },
      "leak: canary00002az at $.a.body",
    ],
  ])("finds them %s", (_what, answer, fault) => {
    expect(judgeAnswer(answer)).toEqual([fault]);
  });

  it("wants the notice, whole and at the top", () => {
    expect(judgeAnswer({ messages: [{ untrusted_text: "x" }] })).toEqual(["no notice"]);
    expect(judgeAnswer({ untrusted_text: "x", notice: `${notice} Or do.` })).toEqual(["no notice"]);
  });

  it("wants an answer that a host takes", () => {
    expect(judgeAnswer({ a: "x".repeat(24_990) })).toEqual([]);
    expect(judgeAnswer({ a: "\u1019".repeat(9_000) })).toEqual(["too long: 27008 bytes"]);
  });

  it("finds what is hidden, in names too", () => {
    expect(judgeAnswer({ "a\u200b": ["\u202e"] })).toEqual(["hidden: U+200B", "hidden: U+202E"]);
  });

  it("sees through every text of the corpus that hides something, and through no other", () => {
    const attacks = Object.values(ATTACKS).flat();
    const labelsOf = (found: readonly { label: string }[]): string[] => found.map(({ label }) => label);
    const changed = attacks.filter(({ text, reads = text }) => reads !== text);
    expect(labelsOf(changed.filter(({ text }) => findHidden(text).length === 0))).toEqual([]);
    const unseen = attacks.filter(({ text, reads = text }) => findHidden(reads).length > 0);
    expect(labelsOf(unseen)).toEqual(["100 kB of what is hidden"]);
  });

  it.each([
    "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
    "\u{1f3f3}\ufe0f\u200d\u{1f308}",
    "\u{1f3c3}\u{1f3ff}\u200d\u2642\ufe0f",
    "1\ufe0f\u20e3",
    "\u2764\ufe0e \u2122\ufe0f",
    "\u{1f1e9}\u{1f1ea}",
    "\u0600\u0661",
    "cafe\u0301 \u0928\u092e\u0938\u094d\u0924\u0947",
    "a\tb\nc",
  ])("lets %j pass", (text) => {
    expect(findHidden(text)).toEqual([]);
  });

  it.each([
    "\u{1f468}\u200dx",
    "x\u200d\u{1f468}",
    "1\ufe0f",
    "a\ufe0f",
    "\u2764\ufe0f\ufe0f",
    "\u{1f468}\u200d",
  ])("does not let %j pass", (text) => {
    expect(findHidden(text)).not.toEqual([]);
  });
});
