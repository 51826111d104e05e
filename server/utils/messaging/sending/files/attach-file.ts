import { newId } from "../../../ids";
import { mediaSource } from "../../../media/outbound/media-source";
import type { JsonObject } from "../../../meta/json";
import { replaceFile, type FileKind } from "../../../meta/payloads/replace-file";
import type { OutboundContent } from "../../message-content";

/** A file that a message will need, by an id of ours. */
export interface AttachedFile {
  readonly id: string;
  readonly kind: FileKind;
  readonly sourceUrl: string;
  /** Ours, of the file that it is a copy of. */
  readonly copyOf: string | undefined;
  readonly fileName: string | undefined;
}

/** Content that names its file by our id, and that file. `link` stays beside it, for a person who has to approve it. */
export function attachFile({ type, payload }: Pick<OutboundContent, "type" | "payload">): {
  readonly payload: JsonObject;
  readonly file: AttachedFile | undefined;
} {
  const files: AttachedFile[] = [];
  const attached = replaceFile(type, payload, (given, kind) => {
    const copyOf = typeof given.id === "string" ? given.id : undefined;
    const sourceUrl = copyOf === undefined ? String(given.link) : mediaSource.of(copyOf);
    const fileName = typeof given.filename === "string" ? given.filename : undefined;
    const id = newId();
    files.push({ id, kind, sourceUrl, copyOf, fileName });
    return { ...given, id, link: sourceUrl };
  });
  return { payload: attached, file: files[0] };
}
