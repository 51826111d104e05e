/** What an address answered. */
export interface Got {
  readonly status: number;
  readonly text: string;
}

const TIMEOUT_MS = 4_000;

/**
 * Reads an address over PUBLIC_URL.
 *
 * @throws when nothing was answered
 */
export async function get(url: string): Promise<Got> {
  const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  return { status: answer.status, text: await answer.text() };
}
