import { equalsSecret } from "../equals-secret";

// Meta's challenge is a short number; an echo must not become a page.
const CHALLENGE = /^[\w-]{1,128}$/;

/**
 * Meta's handshake for a webhook address (`GET`, never signed): the challenge comes back when the verify token is ours.
 *
 * @returns the challenge, or undefined when the request is not Meta's handshake
 */
export function answerHandshake(query: Record<string, unknown>, verifyToken: string): string | undefined {
  const { "hub.mode": mode, "hub.verify_token": token, "hub.challenge": challenge } = query;
  if (mode !== "subscribe" || typeof token !== "string" || typeof challenge !== "string") return undefined;
  if (!equalsSecret(token, verifyToken)) return undefined;
  return CHALLENGE.test(challenge) ? challenge : undefined;
}
