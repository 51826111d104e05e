import type { Attack } from "../attack";

/** Texts that are none. */
export const BROKEN_TEXT: readonly Attack[] = [
  { label: "NUL", text: "{canary} a\u0000b\u0000", reads: "{canary} a\ufffdb\ufffd" },
  { label: "half of a pair", text: "{canary} \ud83d", reads: "{canary} \ufffd" },
  { label: "the other half", text: "{canary} \udc00 x", reads: "{canary} \ufffd x" },
  { label: "halves in the wrong order", text: "{canary} \ude00\ud83d!", reads: "{canary} \ufffd\ufffd!" },
  { label: "line breaks of every kind", text: "{canary}\r\na\rb\nc", reads: "{canary}\na\nb\nc" },
  { label: "marks upon marks", text: `{canary} z${"\u0341\u0321\u0489".repeat(200)}` },
];
