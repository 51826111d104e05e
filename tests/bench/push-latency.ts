import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { setTimeout as pause } from "node:timers/promises";
import { PHONE_NUMBER_ID } from "#dev/stack/stack-environment";
import { connectLegacy } from "#tests/helpers/clients/connect-legacy";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { postWebhook } from "#tests/helpers/stack/post-webhook";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import { describeTimes } from "./describe-times";
import type { BenchStack } from "./open-bench-stack";

const MESSAGES = 1_000;
const HEAR_TIMEOUT_MS = 10_000;
// In which a second notification of the same address would be held back.
const COALESCE_MS = 60;
const INBOX = "wamcp://inbox";

/**
 * From the moment at which a webhook's request leaves until a subscriber of each era has its notification, and a waiting tool
 * its message. One message at a time, so that none waits for another.
 */
export async function measurePush(stack: BenchStack): Promise<string[]> {
  const legacyHeard = createBell();
  const modernHeard = createBell();
  const { client: legacy } = await connectLegacy(stack);
  legacy.setNotificationHandler(ResourceUpdatedNotificationSchema, legacyHeard.ring);
  await legacy.subscribeResource({ uri: INBOX });
  const modern = await connectModern(stack);
  modern.setNotificationHandler("notifications/resources/updated", modernHeard.ring);
  await modern.listen({ resourceSubscriptions: [INBOX] });
  const waiter = await createWaiter(legacy);
  const times = { legacy: [] as number[], modern: [] as number[], wait: [] as number[] };
  for (let number = 0; number < MESSAGES; number += 1) {
    const bells = [legacyHeard.next(), modernHeard.next(), waiter.next()] as const;
    const startMs = performance.now();
    const posted = postWebhook(stack, describeMessage(number));
    const since = (bell: Promise<number>): Promise<number> => bell.then((ms) => ms - startMs);
    const [legacyMs, modernMs, waitMs] = await Promise.all(bells.map(since));
    if (!(await posted).ok) throw new Error("a webhook was refused");
    times.legacy.push(legacyMs ?? Number.NaN);
    times.modern.push(modernMs ?? Number.NaN);
    times.wait.push(waitMs ?? Number.NaN);
    await pause(Math.max(0, startMs + COALESCE_MS - performance.now()));
  }
  await Promise.all([legacy.close(), modern.close()]);
  return [
    describeTimes("webhook to notification, 2025-11-25", times.legacy),
    describeTimes("webhook to notification, 2026-07-28", times.modern),
    describeTimes("webhook to wait_for_messages", times.wait),
  ];
}

/** Something that rings, and tells when it did. */
function createBell() {
  let resolve: (atMs: number) => void = () => {};
  return {
    ring: (): void => resolve(performance.now()),
    next: (): Promise<number> =>
      new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error("nothing was heard")), HEAR_TIMEOUT_MS);
        resolve = (atMs) => {
          clearTimeout(timer);
          done(atMs);
        };
      }),
  };
}

type LegacyClient = Awaited<ReturnType<typeof connectLegacy>>["client"];

/** Waits with the tool; each wait has begun before the message is sent. */
async function createWaiter(client: LegacyClient) {
  let cursor: string | undefined;
  const wait = async (timeoutSeconds: number): Promise<number> => {
    const { structuredContent } = await client.callTool({
      name: "wait_for_messages",
      arguments: { timeout_s: timeoutSeconds, ...(cursor === undefined ? {} : { cursor }) },
    });
    cursor = (structuredContent as { cursor: string }).cursor;
    return performance.now();
  };
  await wait(0);
  return { next: () => wait(10) };
}

function describeMessage(number: number): string {
  const message = textFrom("16505551234", `wamid.push${number}`, `message ${number}`, new Date());
  return JSON.stringify(webhookBody(PHONE_NUMBER_ID, { messages: [message] }));
}
