import * as v from "valibot";
import type { JsonObject } from "../json";
import { buildFileReference, fileEntries, oneFile } from "./file-reference";

/** Meta takes no words with it. */
export const AudioSchema = v.pipe(v.strictObject({ ...fileEntries }), oneFile());

type Audio = v.InferOutput<typeof AudioSchema>;

/** The object `audio` of a message. */
export function buildAudio(input: Audio, isVoice = false): JsonObject {
  return { ...buildFileReference(input), ...(isVoice ? { voice: true } : {}) };
}
