import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openDatabase, type Database } from "#db/client";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";

const PATIENCE = { timeout: 20_000, interval: 20 };
const CHANNELS = ["wamcp_first", "wamcp_second", "wamcp_third"];
// What a backend says when it is ended (PostgreSQL, "Message formats", ErrorResponse).
const FATAL = describeError({
  S: "FATAL",
  V: "FATAL",
  C: "57P01",
  M: "terminating connection",
  R: "ProcessInterrupts",
});

let ctx: TestContext;
let database: Database;
let proxy: Server;
/** How many connections are still to be ended when they ask for a channel. */
let endings = 0;
let endAt = "";
const sockets = new Set<Socket>();
const heard: string[] = [];

beforeAll(async () => {
  ctx = await createTestContext();
  const url = new URL(ctx.url);
  const [host, port] = [url.hostname, Number(url.port)];
  proxy = createServer((client) => {
    const server = connect(port, host);
    for (const socket of [client, server]) sockets.add(socket.on("error", () => {}));
    client.on("data", (bytes) => {
      if (endings === 0 || !bytes.includes(`listen "${endAt}`)) return void server.write(bytes);
      endings -= 1;
      client.end(FATAL);
      server.destroy();
    });
    server.pipe(client);
    client.once("close", () => server.destroy());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  url.port = String((proxy.address() as AddressInfo).port);
  database = openDatabase({ url: url.href });
  for (const channel of CHANNELS) {
    await database.listen(
      channel,
      (payload) => void heard.push(`${channel} ${payload}`),
      () => {},
    );
  }
});
afterAll(async () => {
  await database?.close();
  for (const socket of sockets) socket.destroy();
  proxy?.close();
  await ctx?.close();
});

function describeError(fields: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(fields)
    .map(([name, value]) => `${name}${value}\0`)
    .join("");
  const head = Buffer.from("E0000");
  head.writeUInt32BE(4 + text.length + 1, 1);
  return Buffer.concat([head, Buffer.from(`${text}\0`)]);
}

const CASES = [1, 3].flatMap((times) => CHANNELS.map((channel) => ({ times, channel })));

it.each(CASES)(
  "channels are listened to after $times connections ended while $channel was asked for",
  async ({ times, channel }) => {
    endings = times;
    endAt = channel;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await vi.waitFor(() => expect(endings).toBe(0), PATIENCE);
    await vi.waitFor(async () => {
      heard.length = 0;
      for (const one of CHANNELS) await ctx.sql`select pg_notify(${one}, 'here')`;
      await vi.waitFor(() => expect(heard.toSorted()).toEqual(CHANNELS.map((one) => `${one} here`)), 1_000);
    }, PATIENCE);
  },
  60_000,
);
