import type { InngestAddress } from "./read-inngest-address";

/**
 * Whether Inngest answers where events go. Any answer but a failure of the server's own counts: its cloud promises no health
 * check, a server of one's own has `/health`.
 */
export async function reachesInngest({ eventUrl }: InngestAddress, timeoutMs: number): Promise<boolean> {
  try {
    const answer = await fetch(`${eventUrl}/health`, {
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return answer.status < 500;
  } catch {
    return false;
  }
}
