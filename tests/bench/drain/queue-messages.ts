import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { connectHttp } from "#dev/check/connect-client";
import type { DrainPlan } from "./drain-plan";
import type { DrainStack } from "./open-drain-stack";

/** Every so manieth call is made twice with its key, as by an agent who has lost the answer. */
const REPEAT_EVERY = 50;

/** What was queued. */
export interface Queued {
  /** Our ids, with which they arrive. */
  readonly ids: ReadonlySet<string>;
  /** When each call was answered, Unix milliseconds. */
  readonly answeredAt: readonly number[];
  /** Calls that were made a second time. */
  readonly repeats: number;
  /** Those that were answered with another message than the first time. */
  readonly wrongRepeats: number;
  readonly beganAt: number;
  readonly endedAt: number;
}

interface Tally {
  readonly ids: Set<string>;
  readonly answeredAt: number[];
  repeats: number;
  wrongRepeats: number;
}

/**
 * Queues all messages through the tool, by a few clients at once. A person is served by one client, one call after the other,
 * so that the order of the calls is the order in which the messages should arrive; the text is the message's place in it.
 */
export async function queueMessages(stack: DrainStack, plan: DrainPlan, deadline: number): Promise<Queued> {
  const clients = await Promise.all(Array.from({ length: plan.clients }, () => connectHttp(stack)));
  const tally: Tally = { ids: new Set(), answeredAt: [], repeats: 0, wrongRepeats: 0 };
  const beganAt = Date.now();
  try {
    await Promise.all(clients.map((client, index) => queueShare(client, plan, index, deadline, tally)));
    return { ...tally, beganAt, endedAt: Date.now() };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

async function queueShare(
  client: Client,
  { messages, people, clients }: DrainPlan,
  share: number,
  deadline: number,
  tally: Tally,
): Promise<void> {
  for (let number = 0; number < messages; number += 1) {
    const person = number % people;
    if (person % clients !== share) continue;
    if (Date.now() > deadline) return;
    const call = {
      to: describePerson(person),
      body: String(Math.floor(number / people)),
      idempotency_key: `drain-${number}`,
    };
    const id = await send(client, call);
    tally.ids.add(id);
    tally.answeredAt.push(Date.now());
    if (number % REPEAT_EVERY > 0) continue;
    tally.repeats += 1;
    if ((await send(client, call)) !== id) tally.wrongRepeats += 1;
  }
}

async function send(client: Client, call: Record<string, unknown>): Promise<string> {
  const result = await client.callTool({ name: "send_message", arguments: call });
  const { message_id: id, error } = (result.structuredContent ?? {}) as {
    message_id?: string;
    error?: { code: string };
  };
  if (id === undefined) throw new Error(`send_message was refused: ${error?.code ?? "no answer"}`);
  return id;
}

function describePerson(person: number): string {
  return `+1206${5_000_000 + person}`;
}
