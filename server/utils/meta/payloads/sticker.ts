import * as v from "valibot";
import type { JsonObject } from "../json";
import { buildFileReference, fileEntries, oneFile } from "./file-reference";

export const StickerSchema = v.pipe(v.strictObject({ ...fileEntries }), oneFile());

/** The object `sticker` of a message. */
export function buildSticker(input: v.InferOutput<typeof StickerSchema>): JsonObject {
  return buildFileReference(input);
}
