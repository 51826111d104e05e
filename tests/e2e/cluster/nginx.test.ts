import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectLegacy } from "#tests/helpers/clients/connect-legacy";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { startEdge, type Edge } from "#tests/helpers/edge/start-edge";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { collectOnUpdate, type Collector } from "./collect-on-update";
import { keepListening } from "./keep-listening";

const INBOX = "wamcp://inbox";
const PEOPLE = Array.from({ length: 16 }, (_, index) => `1650555${1000 + index}`);
const ARRIVE_TIMEOUT_MS = 30_000;
// Each of the steps may take as long as that, and so may the first word of each person.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: TestStack;
/** Undefined where nginx is not installed: the stack's own balancer stands in for it. */
let edge: Edge | undefined;
/** A client that reaches the servers past nginx: it knows what has arrived. */
let control: Collector;
/** The address of each person's conversation. */
const addresses = new Map<string, string>();
beforeAll(async () => {
  stack = await openTestStack({ servers: 2 });
  if (hasPrograms("nginx")) edge = await startEdge({ upstreams: stack.origins });
  const { client } = await connectLegacy({ mcpUrl: stack.mcpUrl, apiKey: stack.apiKey });
  control = await collectOnUpdate(client, () => client.close());
  for (const person of PEOPLE) {
    const known = new Set(addresses.values());
    await write([person], "hello");
    const { resources } = await client.listResources();
    const uri = resources.find(
      (resource) => resource.uri.includes("conversations") && !known.has(resource.uri),
    );
    addresses.set(person, uri?.uri ?? "");
  }
});
afterAll(async () => {
  await control?.close();
  await edge?.stop();
  await stack?.stop();
});

const address = () => ({
  mcpUrl: `${edge?.origin ?? stack.origin}/mcp`,
  apiKey: stack.apiKey,
  fetch: edge?.fetch ?? fetch,
});
const listened = (): string[] => [INBOX, ...addresses.values()];
const addressesOf = (people: readonly string[]): string[] =>
  people.map((person) => addresses.get(person) ?? "");

/** A client of the 2025 era that does nothing but hear what it is told. */
async function openLegacy() {
  const { client, transport, errors } = await connectLegacy(address());
  const told = new Set<string>();
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void told.add(params.uri));
  for (const uri of listened()) await client.subscribeResource({ uri });
  return { told, errors, sessionId: () => transport.sessionId, close: () => client.close() };
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
  await keepListening(client, { resourceSubscriptions: listened() }, () => collector.read(), stop.signal);
  return collector;
}

/** Has each of these people write once, and waits until it has arrived, whoever was told. */
async function write(people: readonly string[], word: string): Promise<string[]> {
  const bodies = people.map((person) => `${word} from ${person}`);
  for (const [index, person] of people.entries()) {
    await stack.phones.sendFromPerson(person, { type: "text", text: { body: bodies[index] ?? "" } });
  }
  await vi.waitFor(() => {
    control.read();
    expect(control.heard()).toEqual(expect.arrayContaining(bodies));
  }, ARRIVE_TIMEOUT_MS);
  return bodies;
}

async function untilReady(index: number): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${stack.origins[index]}/ready`)).ok).toBe(true), 20_000);
}

describe("two servers behind nginx, killed in turn and brought back, with an outage in between", () => {
  it("tells subscribed clients of both eras of everything, and a client of 2025 only reconnects", async () => {
    const legacy = [await openLegacy(), await openLegacy()];
    const modern = [await openModern(), await openModern()];
    const sessionIds = legacy.map((client) => client.sessionId());
    const bodies: string[] = [];
    /** Each conversation has its only message here, and nothing comes after it that could stand for it. */
    const happen = async (people: readonly string[], word: string): Promise<void> => {
      bodies.push(...(await write(people, word)));
    };
    const expectTold = (people: readonly string[]) =>
      vi.waitFor(() => {
        for (const { told } of legacy) {
          expect([...told].toSorted()).toEqual([INBOX, ...addressesOf(people)].toSorted());
        }
        for (const collector of modern) expect(collector.heard().toSorted()).toEqual(bodies.toSorted());
      }, ARRIVE_TIMEOUT_MS);

    await happen(PEOPLE.slice(0, 2), "first");
    await expectTold(PEOPLE.slice(0, 2));
    await stack.servers[0]?.kill();
    await happen(PEOPLE.slice(2, 5), "second");
    await expectTold(PEOPLE.slice(0, 5));
    await untilReady(0);
    await edge?.interrupt(() => happen(PEOPLE.slice(5, 8), "third"));
    await expectTold(edge ? PEOPLE.slice(0, 8) : PEOPLE.slice(0, 5));
    await edge?.interrupt(async () => {
      await happen(PEOPLE.slice(8, 10), "fourth");
      await stack.servers[1]?.kill();
    });
    await untilReady(1);
    await happen(PEOPLE.slice(10, 12), "fifth");
    // Nothing of the others, to whom nothing happened.
    const changed = edge ? PEOPLE.slice(0, 12) : [...PEOPLE.slice(0, 5), ...PEOPLE.slice(10, 12)];
    await expectTold(changed);

    // Same sessions, and nothing that an application would have to deal with: only streams that broke.
    expect(legacy.map((client) => client.sessionId())).toEqual(sessionIds);
    for (const { errors } of legacy) {
      for (const error of errors) expect(error.message).toMatch(/SSE stream|reconnect|fetch failed/i);
    }
    await Promise.all([...legacy, ...modern].map((client) => client.close()));
  });
});
