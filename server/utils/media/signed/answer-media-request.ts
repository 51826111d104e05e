import type { IncomingMessage, ServerResponse } from "node:http";
import type { SystemContext } from "../../context";
import type { TicketQuery } from "../sign-media-url";
import { openSignedMedia } from "./open-signed-media";
import { serveMedia } from "./serve-media";

/** Answers a request for a signed address. Returns false, and answers nothing, for whatever is not to be had. */
export async function answerMediaRequest(
  ctx: SystemContext,
  asked: { readonly mediaId: string; readonly query: TicketQuery },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  const media = await openSignedMedia(ctx, asked.mediaId, asked.query);
  if (media) await serveMedia(media, request, response);
  return media !== undefined;
}
