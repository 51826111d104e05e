import { open } from "node:fs/promises";
import { join } from "node:path";
import type { SystemContext } from "../../context";
import { describeError } from "../../log";
import { ERROR_ADVICE } from "../../meta/error-advice";
import type { SentKind } from "../../meta/media-limits";
import type { SendError } from "../../meta/send-outcome";
import { uploadMedia, type UploadOutcome } from "../../meta/upload-media";
import type { RemoteRules } from "../fetch-remote";
import { heedStorageFailure } from "../heed-storage-failure";
import { holdClaim } from "../hold-claim";
import { linkFile } from "../link-file";
import { MediaFailure } from "../media-failure";
import { noteMedia, type MediaClaim, type MediaRow } from "../store";
import { explainMediaFailure } from "./explain-media-failure";
import { fetchSource } from "./fetch-source";
import { onDisk } from "./on-disk";
import { findUploaded } from "./store";
import { UPLOAD_MARGIN_MS } from "./upload-margin";

const DAY_MS = 24 * 60 * 60_000;
// Meta keeps an upload so long (Meta, "Media").
const UPLOAD_KEPT_MS = 30 * DAY_MS;
const WORK_TIMEOUT_MS = 5 * 60_000;

/** How an attempt to give Meta a file ended. */
export type HandOver =
  | { readonly kind: "uploaded"; readonly waMediaId: string; readonly waMediaExpiresAt: Date }
  | (Trouble & { readonly kind: "refused" })
  /** Another attempt may help. */
  | (Trouble & { readonly kind: "retry"; readonly finalAdvice: string });

interface Trouble {
  /** As whoever sends should hear of it. */
  readonly error: SendError;
  /** As the file's row says it. */
  readonly told: Readonly<Record<string, unknown>>;
}

/**
 * Gives Meta a file that is to be sent: fetched, kept, checked, uploaded. What Meta still has is not uploaded again.
 * Never throws: whatever goes wrong is an end, and says whether another attempt may help.
 */
export async function handToMeta(
  ctx: SystemContext,
  claim: MediaClaim,
  kind: SentKind,
  rules?: RemoteRules,
): Promise<HandOver> {
  try {
    return await holdClaim(ctx, claim, WORK_TIMEOUT_MS, async (signal) => {
      const isHere = claim.media.state === "ready";
      const media = isHere ? claim.media : await bringIn(ctx, claim, kind, signal, rules);
      return (await reuse(ctx, media)) ?? readOutcome(ctx, await upload(ctx, { ...claim, media }, signal));
    });
  } catch (error) {
    if (error instanceof MediaFailure) await heedStorageFailure(ctx, error);
    return describeFailure(ctx, error);
  }
}

async function bringIn(
  ctx: SystemContext,
  claim: MediaClaim,
  kind: SentKind,
  signal: AbortSignal,
  rules: RemoteRules | undefined,
): Promise<MediaRow> {
  const file = await fetchSource(ctx, { media: claim.media, kind }, signal, rules);
  const change = { ...file, state: "ready" as const, storedAt: ctx.clock.now() };
  if (!(await noteMedia(ctx.database.system, claim, change))) throw new MediaFailure("timeout", false);
  return { ...claim.media, ...change };
}

/** The same bytes, where Meta has them; they are kept once then. */
async function reuse(ctx: SystemContext, media: MediaRow): Promise<HandOver | undefined> {
  const { path, sha256, sniffedType: type } = media;
  if (!path || !sha256 || !type) throw new MediaFailure("not_found", true);
  const until = new Date(ctx.clock.now().getTime() + UPLOAD_MARGIN_MS);
  const same = await findUploaded(ctx.database.system, media, { sha256, type }, until);
  if (!same) return undefined;
  if (same.path && same.path !== path) {
    // The other may be gone by now: then this one is kept too.
    await linkFile(ctx.config.media.root, same.path, path).catch(() => undefined);
  }
  return { kind: "uploaded", waMediaId: same.waMediaId, waMediaExpiresAt: same.waMediaExpiresAt };
}

async function upload(
  ctx: SystemContext,
  { media, waPhoneNumberId }: MediaClaim,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  const { path, sniffedType: type, sizeBytes } = media;
  if (!path || !type || sizeBytes === null) throw new MediaFailure("not_found", true);
  const file = await onDisk(open(join(ctx.config.media.root, path)));
  try {
    const body = file.createReadStream({ autoClose: false });
    const name = path.slice(path.lastIndexOf("/") + 1);
    return await uploadMedia(
      { ...ctx.config.graph, accessToken: ctx.config.meta.accessToken },
      { phoneNumberId: waPhoneNumberId, body, sizeBytes, type, name, signal },
    );
  } finally {
    await file.close();
  }
}

function readOutcome(ctx: SystemContext, outcome: UploadOutcome): HandOver {
  if (outcome.kind === "uploaded") {
    const waMediaExpiresAt = new Date(ctx.clock.now().getTime() + UPLOAD_KEPT_MS);
    return { kind: "uploaded", waMediaId: outcome.waMediaId, waMediaExpiresAt };
  }
  const { kind, error } = outcome;
  const code = error.code === undefined ? {} : { code: error.code };
  if (kind === "retry") {
    return { kind, error, told: { reason: "unreachable", ...code }, finalAdvice: ERROR_ADVICE.again_later };
  }
  const reason = `WhatsApp refuses the file (refused_by_meta): ${error.reason}`;
  return { kind, error: { ...error, reason }, told: { reason: "refused_by_meta", ...code } };
}

function describeFailure(ctx: SystemContext, error: unknown): HandOver {
  if (!(error instanceof MediaFailure)) {
    ctx.log.error("a file could not be handed to Meta:", describeError(error));
    const reason = "the server failed to hand the file to WhatsApp";
    const finalAdvice = "Tell the operator.";
    return { kind: "retry", error: { reason, advice: ERROR_ADVICE.wait }, told: {}, finalAdvice };
  }
  const told = { reason: error.reason, ...error.more };
  const { advice, ...explained } = explainMediaFailure(error);
  if (error.isFinal) return { kind: "refused", error: { ...explained, advice }, told };
  return { kind: "retry", error: { ...explained, advice: ERROR_ADVICE.wait }, told, finalAdvice: advice };
}
