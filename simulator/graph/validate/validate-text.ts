import type { JsonObject } from "../../core/json-object";
import { GraphError } from "../graph-error";
import { invalid, missing } from "./checks";

const BODY_LIMIT = 4096;

/** `text`: a body of 1 to 4096 characters and a flag. */
export function validateText(text: JsonObject): void {
  const { body, preview_url: previewUrl } = text;
  if (body === undefined || body === null || body === "") throw missing("text.body");
  if (typeof body !== "string") throw invalid("text.body must be a string");
  // Unlike other limits this one comes back with the general code.
  if (body.length > BODY_LIMIT) {
    const message = `(#100) Param text['body'] must be at most ${BODY_LIMIT} characters long.`;
    throw new GraphError(100, { message });
  }
  if (previewUrl !== undefined && typeof previewUrl !== "boolean")
    throw invalid("text.preview_url must be a boolean");
}
