import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";
import { buildFileReference, fileEntries, oneFile } from "./file-reference";

export const CAPTION_LIMIT = 1024;

export const ImageSchema = v.pipe(
  v.strictObject({ ...fileEntries, caption: v.optional(boundedText(CAPTION_LIMIT)) }),
  oneFile(),
);

/** The object `image` of a message. */
export function buildImage({ caption, ...file }: v.InferOutput<typeof ImageSchema>): JsonObject {
  return { ...buildFileReference(file), ...(caption === undefined ? {} : { caption }) };
}
