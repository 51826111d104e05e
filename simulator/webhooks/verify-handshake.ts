import { randomInt } from "node:crypto";

/** How the receiver answered Meta's handshake. */
export interface HandshakeReport {
  ok: boolean;
  status?: number;
  /** What went wrong, for a person. */
  problem?: string;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Asks the receiver for the challenge, as Meta does when a callback URL is saved: 200 and the bare challenge. */
export async function verifyHandshake(callbackUrl: string, verifyToken: string): Promise<HandshakeReport> {
  const challenge = String(randomInt(100_000_000, 2_000_000_000));
  try {
    const url = new URL(callbackUrl);
    url.searchParams.set("hub.mode", "subscribe");
    url.searchParams.set("hub.challenge", challenge);
    url.searchParams.set("hub.verify_token", verifyToken);
    const answer = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS),
    });
    const text = await answer.text();
    if (answer.status !== 200) {
      return { ok: false, status: answer.status, problem: `expected 200, got ${answer.status}` };
    }
    if (text !== challenge) return { ok: false, status: 200, problem: "the body is not the bare challenge" };
    return { ok: true, status: 200 };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
