import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";
import { FILE_NAME_LIMIT } from "./document";
import { buildFileReference, fileEntries, oneFile } from "./file-reference";

export const HEADER_TEXT_LIMIT = 60;

const TextHeaderSchema = v.strictObject({
  type: v.literal("text"),
  text: boundedText(HEADER_TEXT_LIMIT),
});
const FileHeaderSchema = v.strictObject({ type: v.picklist(["image", "video"]), ...fileEntries });
const DocumentHeaderSchema = v.strictObject({
  type: v.literal("document"),
  ...fileEntries,
  filename: v.optional(boundedText(FILE_NAME_LIMIT)),
});

/** What stands above the body: a text or a file. */
export const InteractiveHeaderSchema = v.variant("type", [
  TextHeaderSchema,
  v.pipe(FileHeaderSchema, oneFile()),
  v.pipe(DocumentHeaderSchema, oneFile()),
]);

/** A list takes a text only. */
export const ListHeaderSchema = v.variant("type", [TextHeaderSchema]);

/** The object `header` of an interactive message. */
export function buildInteractiveHeader(header: v.InferOutput<typeof InteractiveHeaderSchema>): JsonObject {
  if (header.type === "text") return { type: "text", text: header.text };
  const name = header.type === "document" && header.filename !== undefined ? header.filename : undefined;
  const file = { ...buildFileReference(header), ...(name === undefined ? {} : { filename: name }) };
  return { type: header.type, [header.type]: file };
}
