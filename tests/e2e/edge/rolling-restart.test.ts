import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectLegacy } from "#tests/helpers/clients/connect-legacy";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { startEdge, type Edge } from "#tests/helpers/edge/start-edge";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { collectOnUpdate, type Collector } from "../cluster/collect-on-update";
import { keepListening } from "../cluster/keep-listening";
import { driveLoad, type Load } from "./drive-load";
import { watchFetch } from "./watch-fetch";

const INBOX = "wamcp://inbox";
/** Each writes once while a server restarts, and nobody else says anything in their conversations. */
const QUIET = Array.from({ length: 8 }, (_, index) => `1650555${7000 + index}`);
const ROUNDS = 2;
const SETTLE_TIMEOUT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

describe.runIf(hasPrograms("nginx"))("a rolling restart of two servers behind the edge, under load", () => {
  let stack: TestStack;
  let edge: Edge;
  let load: Load;
  const failures: string[] = [];
  beforeAll(async () => {
    stack = await openTestStack({ servers: 2 });
    edge = await startEdge({ upstreams: stack.origins });
  });
  afterAll(async () => {
    await load?.stop();
    await edge?.stop();
    await stack?.stop();
  });

  const address = () => ({
    mcpUrl: `${edge.origin}/mcp`,
    apiKey: stack.apiKey,
    fetch: watchFetch(edge.fetch, failures),
  });

  /** The addresses of the quiet people's conversations. */
  async function greet(): Promise<string[]> {
    for (const person of QUIET) await load.write(person, `hello-${person}`);
    const { client } = await connectLegacy({ mcpUrl: stack.mcpUrl, apiKey: stack.apiKey });
    const uris = await vi.waitFor(async () => {
      const { resources } = await client.listResources();
      const found = resources.map(({ uri }) => uri).filter((uri) => uri.includes("conversations"));
      expect(found.length).toBeGreaterThanOrEqual(QUIET.length);
      return found;
    }, SETTLE_TIMEOUT_MS);
    await client.close();
    return uris;
  }

  async function openLegacy(uris: readonly string[]) {
    const { client, transport } = await connectLegacy(address());
    const told = new Set<string>();
    client.setNotificationHandler(
      ResourceUpdatedNotificationSchema,
      ({ params }) => void told.add(params.uri),
    );
    for (const uri of uris) await client.subscribeResource({ uri });
    return { told, sessionId: transport.sessionId, transport, close: () => client.close() };
  }

  async function openModern(): Promise<Collector> {
    const client = await connectModern(address());
    const stop = new AbortController();
    const collector = await collectOnUpdate(client, async () => {
      stop.abort();
      await client.close();
    });
    client.setNotificationHandler("notifications/resources/updated", () => collector.read());
    const filter = { resourceSubscriptions: [INBOX] };
    await keepListening(client, filter, () => collector.read(), stop.signal);
    return collector;
  }

  async function restart(index: number): Promise<number> {
    const begun = performance.now();
    await stack.servers[index]?.terminate();
    const tookMs = performance.now() - begun;
    const ready = `${stack.origins[index]}/ready`;
    await vi.waitFor(async () => expect((await fetch(ready)).ok).toBe(true), SETTLE_TIMEOUT_MS);
    return tookMs;
  }

  it("fails no request, loses no notification and doubles nothing", { timeout: 240_000 }, async () => {
    const options = { webhookUrl: `${edge.origin}/webhook/meta`, appSecret: stack.secrets.appSecret };
    load = await driveLoad({ address: address(), ...options });
    const uris = await greet();
    const legacy = await openLegacy(uris);
    const modern = await openModern();
    const before = new Set(load.written);
    const stops: number[] = [];
    const quiet = [...QUIET];
    for (let round = 0; round < ROUNDS * 2; round += 1) {
      const restarting = restart(round % 2);
      for (const person of quiet.splice(0, 2)) await load.write(person, `quiet-${person}`);
      stops.push(await restarting);
    }
    await load.stop();
    const report = { stops, sent: load.sent.length, written: load.written.length };
    process.stderr.write(`rolling restart: ${JSON.stringify(report)}\n`);

    expect([...load.failures, ...failures]).toEqual([]);
    expect(Math.max(...stops)).toBeLessThan(STOP_LIMIT_MS);
    const since = load.written.filter((text) => !before.has(text));
    await vi.waitFor(() => {
      const heard = modern.heard();
      expect(new Set(heard).size).toBe(heard.length);
      expect(heard).toEqual(expect.arrayContaining(since));
    }, SETTLE_TIMEOUT_MS);
    await vi.waitFor(() => expect([...legacy.told]).toEqual(expect.arrayContaining(uris)), SETTLE_TIMEOUT_MS);
    expect(legacy.transport.sessionId).toBe(legacy.sessionId);
    await vi.waitFor(async () => {
      const { total, doubled, messages } = await stack.phones.arrivals({});
      expect({ total, doubled }).toEqual({ total: load.sent.length, doubled: [] });
      expect(new Set(messages.map(({ arrivals }) => arrivals))).toEqual(new Set([1]));
    }, SETTLE_TIMEOUT_MS);
    await legacy.close();
    await modern.close();
  });
});
