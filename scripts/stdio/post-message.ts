import { classifyFailure, type FetchFailure } from "./classify-failure";
import type { HttpLink, Session } from "./create-http-link";
import type { Outgoing } from "./create-outgoing";
import { readAnswer, type StreamPosition } from "./read-answer";

/** How one POST went. Whether the request was answered is known to whom the messages were delivered to. */
export type PostOutcome =
  /** The answer was read to its end. */
  | ({ readonly kind: "read" } & StreamPosition)
  /** The server had taken the request; then its answer broke off. */
  | ({ readonly kind: "broken"; readonly reason: string } & StreamPosition)
  /** There was no answer. */
  | ({ readonly kind: "failed" } & FetchFailure)
  /** An answer other than 2xx. `retryAfterMs` is the server's Retry-After. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body: string;
      readonly retryAfterMs?: number;
    }
  /** A 2xx that is no MCP, from a sign-in page for example. */
  | { readonly kind: "not_mcp"; readonly contentType: string };

/** Longest error body that is looked at, in characters. */
const ERROR_BODY_LIMIT = 64 * 1024;

/** Sends one message and delivers everything that comes back on its response. Never throws. */
export async function postMessage(
  link: HttpLink,
  outgoing: Outgoing,
  session: Session | undefined,
  deliver: (text: string) => Promise<void>,
): Promise<PostOutcome> {
  let response: Response;
  try {
    response = await link.post(outgoing.text, session, outgoing.abort.signal);
  } catch (error) {
    return { kind: "failed", ...classifyFailure(error) };
  }
  if (!response.ok) return await readRefusal(response);
  const sessionId = response.headers.get("mcp-session-id");
  if (sessionId !== null) outgoing.sessionId = sessionId;
  const answer = await readAnswer(response, deliver);
  if (answer.kind === "ended") return { ...answer, kind: "read" };
  if (answer.kind === "not_mcp") return answer;
  const { error, ...position } = answer;
  return { ...position, reason: classifyFailure(error).reason };
}

async function readRefusal(response: Response): Promise<PostOutcome> {
  const body = await response.text().catch(() => "");
  const retryAfterMs = readRetryAfter(response.headers.get("retry-after"));
  return {
    kind: "status",
    status: response.status,
    body: body.slice(0, ERROR_BODY_LIMIT),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
