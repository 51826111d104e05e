import type * as v from "valibot";
import type { JsonObject } from "../json";
import { buildImage, ImageSchema } from "./image";

/** A video takes what an image takes. */
export const VideoSchema = ImageSchema;

/** The object `video` of a message. */
export function buildVideo(input: v.InferOutput<typeof VideoSchema>): JsonObject {
  return buildImage(input);
}
