import type { Attack } from "../attack";

/** Texts that are too long for one answer. They are shown up to a limit. */
export const LONG_TEXTS: readonly Attack[] = [
  { label: "100 kB of words", text: `{canary} ${"lorem ipsum ".repeat(8_400)}` },
  { label: "100 kB of emoji", text: `{canary} ${"\u{1f468}\u200d\u{1f469}\u200d\u{1f467}".repeat(5_600)}` },
  { label: "100 kB of what JSON escapes", text: `{canary} ${'"\\\n'.repeat(33_000)}` },
  { label: "100 kB of three bytes each", text: `{canary} ${"\u1019\u103c".repeat(16_500)}` },
  { label: "100 kB of what is hidden", text: `{canary} ${"\u200b".repeat(33_000)}` },
  { label: "one word without end", text: `{canary}${"a".repeat(70_000)}` },
];
