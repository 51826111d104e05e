import type { Client } from "@modelcontextprotocol/client";
import { until } from "#dev/stack/until";

const LISTEN_TIMEOUT_MS = 20_000;

type Filter = Parameters<Client["listen"]>[0];

/**
 * Listens, and listens again when the stream has ended: streams of 2026-07-28 cannot be resumed, so what came in between has to
 * be looked for.
 *
 * @param onGap called after every stream but the first was opened
 */
export async function keepListening(
  client: Client,
  filter: Filter,
  onGap: () => void,
  signal: AbortSignal,
): Promise<void> {
  const open = () => until("a stream", LISTEN_TIMEOUT_MS, () => client.listen(filter));
  const follow = async (subscription: Awaited<ReturnType<typeof open>>): Promise<void> => {
    await subscription.closed;
    if (signal.aborted) return;
    const next = await open();
    onGap();
    await follow(next);
  };
  follow(await open()).catch(() => {});
}
