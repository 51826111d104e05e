import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";
import { buildFileReference, fileEntries, oneFile } from "./file-reference";
import { CAPTION_LIMIT } from "./image";

/** Meta names none; 255 bytes is what file systems take, and 240 units leave room for an extension. */
export const FILE_NAME_LIMIT = 240;

export const DocumentSchema = v.pipe(
  v.strictObject({
    ...fileEntries,
    caption: v.optional(boundedText(CAPTION_LIMIT)),
    filename: v.optional(boundedText(FILE_NAME_LIMIT)),
  }),
  oneFile(),
);

/** The object `document` of a message. Its file name drives the icon that the person sees. */
export function buildDocument(input: v.InferOutput<typeof DocumentSchema>): JsonObject {
  const { caption, filename, ...file } = input;
  return {
    ...buildFileReference(file),
    ...(caption === undefined ? {} : { caption }),
    ...(filename === undefined ? {} : { filename }),
  };
}
