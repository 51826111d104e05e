import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";

/** Longer URLs are refused by too many servers to be worth a try. */
export const FILE_URL_LIMIT = 2048;

/** The arguments that name a file: an address to fetch it from, or an id. Exactly one is given. */
export const fileEntries = {
  url: v.optional(
    v.pipe(
      boundedText(FILE_URL_LIMIT),
      v.check((url) => URL.canParse(url) && new URL(url).protocol === "https:", "must be an https URL"),
    ),
  ),
  // One spelling: it is compared and stands in other texts.
  media_id: v.optional(v.pipe(v.string(), v.uuid("must be a media_id"), v.toLowerCase())),
};

interface FileInput {
  readonly url?: string | undefined;
  readonly media_id?: string | undefined;
}

/** Refuses two files, and none. */
export const oneFile = <Input extends FileInput>() =>
  v.check<Input, string>(
    ({ url, media_id }) => (url === undefined) !== (media_id === undefined),
    "give either url or media_id",
  );

/** Meta's way to name a file: by its own id, or by an address. */
export function buildFileReference({ url, media_id }: FileInput): JsonObject {
  return media_id === undefined ? { link: url } : { id: media_id };
}
