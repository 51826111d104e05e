import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PHONE_NUMBER_ID } from "#dev/stack/stack-environment";
import { connectLegacy, type McpAddress } from "#tests/helpers/clients/connect-legacy";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

// The edge takes 50 calls a second from one address, and answers on a fast machine take no time.
const CALL_PAUSE_MS = 200;
const WEBHOOK_PAUSE_MS = 150;
// Messages to one person wait for each other.
const PEOPLE = 20;
// Bounds a load that nobody stops.
const ROUNDS_LIMIT = 1_000;

export interface LoadOptions {
  readonly address: McpAddress & { readonly fetch: typeof fetch };
  readonly webhookUrl: string;
  readonly appSecret: string;
}

/** What agents of both eras and Meta do to a server, all at once and all the time. */
export interface Load {
  /** Calls that failed; what the transport saw is for its `fetch` to say. */
  readonly failures: string[];
  /** The texts of sends that were answered with success. */
  readonly sent: string[];
  /** The texts that were sent, whatever the answer. */
  readonly tried: string[];
  /** The texts of webhooks that were answered with 200. */
  readonly written: string[];
  /** Has a person write once. */
  write(person: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

interface ToolCaller {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

export async function driveLoad({ address, webhookUrl, appSecret }: LoadOptions): Promise<Load> {
  const failures: string[] = [];
  const sent: string[] = [];
  const tried: string[] = [];
  const written: string[] = [];
  const stop = new AbortController();
  const call = async (client: ToolCaller, name: string, args: Record<string, unknown>): Promise<boolean> => {
    try {
      const { isError, content } = (await client.callTool({ name, arguments: args })) as Record<
        string,
        unknown
      >;
      if (isError === true) failures.push(`${name}: ${JSON.stringify(content)}`);
      return isError !== true;
    } catch (error) {
      failures.push(`${name}: ${String(error)}`);
      return false;
    }
  };
  const write = async (person: string, text: string): Promise<void> => {
    const message = textFrom(person, `wamid.${text}`, text, new Date());
    const body = JSON.stringify(webhookBody(PHONE_NUMBER_ID, { messages: [message] }));
    const signature = `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    try {
      const answer = await address.fetch(webhookUrl, { method: "POST", headers, body });
      if (answer.status === 200) written.push(text);
      else failures.push(`webhook: ${answer.status}`);
    } catch (error) {
      failures.push(`webhook: ${String(error)}`);
    }
  };
  const callInTurn = (client: ToolCaller, name: string) =>
    repeat(stop.signal, CALL_PAUSE_MS, async (round) => {
      const text = `${name}-${round}`;
      tried.push(text);
      if (await call(client, "send_message", { to: `+1650555${9000 + (round % PEOPLE)}`, body: text }))
        sent.push(text);
      await call(client, "list_numbers", {});
    });
  const callers: ToolCaller[] = [
    (await connectLegacy(address)).client,
    await connectModern(address),
    (await connectLegacy(address)).client,
    await connectModern(address),
  ];
  const work = [
    ...callers.slice(0, 2).map((client, index) => callInTurn(client, `caller-${index}`)),
    ...callers.slice(2).map((client) =>
      repeat(stop.signal, CALL_PAUSE_MS, async () => {
        await call(client, "wait_for_messages", { timeout_s: 2, limit: 1 });
      }),
    ),
    ...["16505558001", "16505558002"].map((person) =>
      repeat(stop.signal, WEBHOOK_PAUSE_MS, (round) => write(person, `${person}-${round}`)),
    ),
  ];
  return {
    failures,
    sent,
    tried,
    written,
    write,
    async stop() {
      stop.abort();
      for (const outcome of await Promise.allSettled(work)) {
        if (outcome.status === "rejected") failures.push(String(outcome.reason));
      }
      for (const client of callers) await client.close();
    },
  };
}

async function repeat(
  signal: AbortSignal,
  pauseMs: number,
  once: (round: number) => Promise<unknown>,
): Promise<void> {
  for (let round = 0; round < ROUNDS_LIMIT && !signal.aborted; round += 1) {
    await once(round);
    await pause(pauseMs, undefined, { signal }).catch(() => {});
  }
}
