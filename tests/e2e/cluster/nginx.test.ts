import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectLegacy } from "#tests/helpers/clients/connect-legacy";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { startNginx, type Nginx } from "#tests/helpers/stack/start-nginx";
import { collectOnUpdate, type Collector } from "./collect-on-update";
import { keepListening } from "./keep-listening";

const INBOX = "wamcp://inbox";
const MESSAGES = 60;
const ARRIVE_TIMEOUT_MS = 30_000;

let stack: TestStack;
let nginx: Nginx | undefined;
beforeAll(async () => {
  stack = await openTestStack({ servers: 2 });
  nginx = await startNginx(stack.origins);
});
afterAll(async () => {
  await nginx?.stop();
  await stack?.stop();
});

const address = () => ({ mcpUrl: `${nginx?.origin ?? stack.origin}/mcp`, apiKey: stack.apiKey });

/** Opens a client of the 2025 era that reads only when it is told that there is something to read. */
async function openLegacy(): Promise<
  Collector & { readonly errors: Error[]; sessionId(): string | undefined }
> {
  const { client, transport, errors } = await connectLegacy(address());
  const collector = await collectOnUpdate(client, () => client.close());
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, () => collector.read());
  await client.subscribeResource({ uri: INBOX });
  return { ...collector, errors, sessionId: () => transport.sessionId };
}

/** Opens a client of 2026-07-28, which listens again when its stream has ended, and then looks once by itself. */
async function openModern(): Promise<Collector> {
  const client = await connectModern(address());
  const stop = new AbortController();
  const collector = await collectOnUpdate(client, async () => {
    stop.abort();
    await client.close();
  });
  client.setNotificationHandler("notifications/resources/updated", () => collector.read());
  await keepListening(client, { resourceSubscriptions: [INBOX] }, () => collector.read(), stop.signal);
  return collector;
}

async function write(bodies: readonly string[]): Promise<void> {
  for (const [index, body] of bodies.entries()) {
    await stack.phones.sendFromPerson(`1650555${1000 + (index % 7)}`, { type: "text", text: { body } });
  }
}

async function untilHeard(collectors: readonly Collector[], bodies: readonly string[]): Promise<void> {
  await vi.waitFor(() => {
    for (const collector of collectors) expect(collector.heard().toSorted()).toEqual(bodies.toSorted());
  }, ARRIVE_TIMEOUT_MS);
}

async function untilReady(index: number): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${stack.origins[index]}/ready`)).ok).toBe(true), 20_000);
}

describe("two servers behind nginx, killed in turn and brought back", () => {
  it("tells subscribed clients of both eras of everything, and a client of 2025 only reconnects", async () => {
    const legacy = [await openLegacy(), await openLegacy()];
    const modern = [await openModern(), await openModern()];
    const collectors = [...legacy, ...modern];
    const sessionIds = legacy.map((client) => client.sessionId());
    const bodies = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);

    await write(bodies.slice(0, 15));
    await untilHeard(collectors, bodies.slice(0, 15));
    await stack.servers[0]?.kill();
    await write(bodies.slice(15, 30));
    await untilReady(0);
    await write(bodies.slice(30, 40));
    await stack.servers[1]?.kill();
    await write(bodies.slice(40, 50));
    await untilReady(1);
    await write(bodies.slice(50));
    await untilHeard(collectors, bodies);

    // Same sessions, and nothing that an application would have to deal with: only streams that broke.
    expect(legacy.map((client) => client.sessionId())).toEqual(sessionIds);
    for (const { errors } of legacy) {
      for (const error of errors) expect(error.message).toMatch(/SSE stream|reconnect/i);
    }
    await Promise.all(collectors.map((collector) => collector.close()));
  });
});
