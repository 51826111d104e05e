import { createHmac, timingSafeEqual } from "node:crypto";

/** Who may fetch what, and until when. */
export interface MediaTicket {
  readonly mediaId: string;
  readonly clientId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** The parts of a query that carry a ticket. */
export type TicketQuery = Readonly<Record<string, unknown>>;

/** How long an address is good. */
export const URL_LIFE_SECONDS = 300;
// A signature for this is none for anything else that the secret may come to sign.
const PURPOSE = "wamcp media\ndownload";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^\d{1,15}$/;

/** An address at which whoever holds it can fetch a file for a while, as the client that it was made for. */
export function signMediaUrl(publicUrl: string, secret: string, ticket: MediaTicket): string {
  const query = new URLSearchParams({
    client: ticket.clientId,
    issued: String(ticket.issuedAt.getTime()),
    expires: String(ticket.expiresAt.getTime()),
    signature: sign(secret, ticket).toString("base64url"),
  });
  return `${publicUrl}/media/${ticket.mediaId}?${query}`;
}

/** The ticket in an address; undefined when it is not ours, or over. */
export function verifyMediaUrl(
  secret: string,
  mediaId: string,
  query: TicketQuery,
  now: Date,
): MediaTicket | undefined {
  const { client, issued, expires, signature } = query;
  if (!UUID.test(mediaId) || typeof client !== "string" || !UUID.test(client)) return undefined;
  const [issuedAt, expiresAt] = [readTime(issued), readTime(expires)];
  if (!issuedAt || !expiresAt || typeof signature !== "string") return undefined;
  const ticket = { mediaId, clientId: client, issuedAt, expiresAt };
  const expected = sign(secret, ticket);
  const given = Buffer.from(signature, "base64url");
  // The same bytes in another spelling are another address.
  if (given.toString("base64url") !== signature) return undefined;
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const lifeMs = expiresAt.getTime() - issuedAt.getTime();
  const isLiving = now < expiresAt && lifeMs <= URL_LIFE_SECONDS * 1000;
  return isLiving ? ticket : undefined;
}

function readTime(value: unknown): Date | undefined {
  return typeof value === "string" && TIME.test(value) && String(Number(value)) === value
    ? new Date(Number(value))
    : undefined;
}

// None of the parts can hold a line feed, so no two tickets are the same text.
function sign(secret: string, { mediaId, clientId, issuedAt, expiresAt }: MediaTicket): Buffer {
  const parts = [PURPOSE, mediaId, clientId, issuedAt.getTime(), expiresAt.getTime()];
  return createHmac("sha256", secret).update(parts.join("\n")).digest();
}
