import type { Attack } from "../attack";
import { BROKEN_TEXT } from "./broken-text";
import { FAKE_ANSWERS } from "./fake-answers";
import { FAKE_BOUNDARIES } from "./fake-boundaries";
import { FAKE_TURNS } from "./fake-turns";
import { FILE_NAMES } from "./file-names";
import { HIDDEN_CHARACTERS } from "./hidden-characters";
import { LONG_TEXTS } from "./long-texts";
import { LOOKALIKES } from "./lookalikes";
import { TOOL_REQUESTS } from "./tool-requests";

/** Every text, by family. */
export const ATTACKS: Readonly<Record<string, readonly Attack[]>> = {
  "tool requests": TOOL_REQUESTS,
  "fake turns": FAKE_TURNS,
  "fake boundaries": FAKE_BOUNDARIES,
  "fake answers": FAKE_ANSWERS,
  "hidden characters": HIDDEN_CHARACTERS,
  "broken text": BROKEN_TEXT,
  lookalikes: LOOKALIKES,
  "file names": FILE_NAMES,
  "long texts": LONG_TEXTS,
};
