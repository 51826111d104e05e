/** What Inngest answered; the status is undefined when it answered nothing. */
export interface InngestReply {
  readonly status: number | undefined;
  readonly body: unknown;
}

const TIMEOUT_MS = 4_000;

/** Asks an Inngest server. Never throws. */
export async function callInngest(url: string, init: RequestInit = {}): Promise<InngestReply> {
  try {
    const answer = await fetch(url, { redirect: "manual", ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    return { status: answer.status, body: parse(text) };
  } catch {
    return { status: undefined, body: undefined };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
