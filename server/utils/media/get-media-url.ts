import { access, constants, readFile } from "node:fs/promises";
import { join } from "node:path";
import { grantedNumbers } from "../auth/scopes";
import type { CallContext } from "../context";
import { AppError } from "../errors";
import { cutText } from "../messaging/cut-text";
import { untrustedText } from "../messaging/untrusted-text";
import { signMediaUrl, URL_LIFE_SECONDS } from "./sign-media-url";
import { findVisibleFile, type VisibleFile } from "./signed/store";

const TOOL = "get_media_url";
const INLINE_LIMIT_BYTES = 1_000_000;
const INLINE_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const NAME_LIMIT_BYTES = 200;

export interface GetMediaUrlInput {
  readonly mediaId: string | undefined;
  readonly messageId: string | undefined;
  readonly isInline: boolean;
}

export interface SignedMedia {
  readonly url: string;
  readonly expiresAt: Date;
  readonly type: string;
  readonly sizeBytes: number;
  /** Ours. */
  readonly name: string;
  /** The sender's, or the caller's. */
  readonly untrustedFileName: string | undefined;
  /** The picture itself, when it was asked for. */
  readonly bytes: Buffer | undefined;
}

/**
 * Makes an address at which a file can be fetched for a while. Its making is recorded with the call.
 *
 * @throws AppError `not_found` for a file that is not the caller's, or lost, `conflict` for one that is not there,
 * `payload_too_large` and `invalid_arguments` for what cannot be shown inline
 */
export async function getMediaUrl(ctx: CallContext, input: GetMediaUrlInput): Promise<SignedMedia> {
  const { mediaId, messageId, isInline } = input;
  if (mediaId === undefined && messageId === undefined) {
    throw new AppError("invalid_arguments", "message_id or media_id is needed.", {
      details: { field: "media_id" },
    });
  }
  const numbers = grantedNumbers(ctx.principal, TOOL).map(({ phoneNumberId }) => phoneNumberId);
  if (messageId) ctx.targets.messageId = messageId;
  const file = await ctx.transact(async (tx) => {
    const found = numbers.length > 0 ? await findVisibleFile(tx, { mediaId, messageId }, numbers) : undefined;
    if (!found) throw notFound(mediaId === undefined ? "message_id" : "media_id");
    ctx.targets.phoneNumberId = found.phoneNumberId;
    if (found.messageId) ctx.targets.messageId = found.messageId;
    if (found.conversationId) ctx.targets.conversationId = found.conversationId;
    const ready = requireReady(found, isInline);
    // Before the record says that it was given.
    return { ...ready, bytes: await readBytes(join(ctx.config.media.root, ready.path), isInline) };
  });
  const { config, clock, principal } = ctx;
  const issuedAt = clock.now();
  const expiresAt = new Date(issuedAt.getTime() + URL_LIFE_SECONDS * 1000);
  const ticket = { mediaId: file.id, clientId: principal.clientId, issuedAt, expiresAt };
  return {
    url: signMediaUrl(config.publicUrl, config.media.urlSecret, ticket),
    expiresAt,
    type: file.type,
    sizeBytes: file.sizeBytes,
    name: file.path.slice(file.path.lastIndexOf("/") + 1),
    untrustedFileName: file.fileName ? showName(file.fileName) : undefined,
    bytes: file.bytes,
  };
}

function requireReady(
  { id, state, error, path, sizeBytes, sniffedType, fileName }: VisibleFile,
  isInline: boolean,
) {
  if (state !== "ready" || !path || sizeBytes === null) {
    throw new AppError("conflict", `The file is ${state === "ready" ? "deleted" : state}.`, {
      advice:
        state === "pending"
          ? "It is being fetched. Call again in a few seconds."
          : "It cannot be had any more.",
      ...(state === "pending" ? { retryAfterSeconds: 5 } : {}),
      details: { state, ...(typeof error?.reason === "string" ? { reason: error.reason } : {}) },
    });
  }
  const type = sniffedType ?? "application/octet-stream";
  const advice = "Call again without inline and fetch the url.";
  if (isInline && !INLINE_TYPES.has(type)) {
    throw new AppError("invalid_arguments", "Only png, jpeg, webp and gif pictures can be shown inline.", {
      advice,
      details: { field: "inline", value: type },
    });
  }
  if (isInline && sizeBytes > INLINE_LIMIT_BYTES) {
    throw new AppError("payload_too_large", "The picture is too large to be shown inline.", {
      advice,
      details: { field: "inline", limit: INLINE_LIMIT_BYTES, value: sizeBytes },
    });
  }
  return { id, path, sizeBytes, type, fileName };
}

async function readBytes(path: string, isInline: boolean): Promise<Buffer | undefined> {
  try {
    if (isInline) return await readFile(path);
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const isLost = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isLost
      ? new AppError("not_found", "The file is lost: it is not on the server's disk any more.", {
          advice: "Ask the sender for it again, and tell the operator.",
        })
      : new AppError("unavailable", "The file cannot be read at the moment.", {
          retryAfterSeconds: 5,
          cause: error,
        });
  }
}

// Once more, because the cut may leave half of an emoji.
function showName(name: string): string {
  return untrustedText(cutText(untrustedText(name), NAME_LIMIT_BYTES));
}

function notFound(field: string): AppError {
  return new AppError("not_found", "There is no such file for this key.", {
    advice: "Messages with a file show it as media in get_messages.",
    details: { field },
  });
}
