import { afterEach, beforeEach, expect, it } from "vitest";
import { startScriptedServer, type ScriptedServer } from "./start-scripted-server";
import { startShim, type RunningShim } from "./start-shim";
import { until } from "./until";

let server: ScriptedServer;
let shim: RunningShim;

/** Subscribed to `a`, with the push stream open. */
const subscribe = async (): Promise<void> => {
  server = await startScriptedServer();
  shim = startShim(server.url);
  await until(() => expect(server.streams()).toHaveLength(1));
  shim.say({ jsonrpc: "2.0", id: "s", method: "resources/subscribe", params: { uri: "a" } });
  await until(() => expect(shim.answerTo("s")).toBeDefined());
};

beforeEach(subscribe);

afterEach(async () => {
  await shim.end();
  await server.stop();
});

const updated = (id?: string): string => {
  const update = { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri: "a" } };
  return `${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(update)}`;
};
const updates = (): number => shim.lines.filter((line) => line.includes("resources/updated")).length;
const answered = async (id: number): Promise<void> => {
  shim.say({ jsonrpc: "2.0", id, method: "ping" });
  await until(() => expect(shim.answerTo(id)).toBeDefined());
};
/** The server restarts and still knows the session: only its connections are gone. */
const breakStream = async (): Promise<void> => {
  const before = server.streams().length;
  server.streams().at(-1)?.response.destroy();
  await until(() => expect(server.streams()).toHaveLength(before + 1));
};

it("leaves it to a server that numbers its events to say what was missed, and says nothing twice", async () => {
  server.streams()[0]?.events(updated("c41"));
  await until(() => expect(updates()).toBe(1));
  server.script = (exchange) =>
    exchange.headers["last-event-id"] === "c41" ? exchange.events(updated("c42")) : false;
  await breakStream();
  await until(() => expect(updates()).toBe(2));
  await breakStream();
  expect(server.streams().map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "c41", "c42"]);
  await answered(1);
  expect(updates()).toBe(2);
  expect(server.posts("initialize")).toHaveLength(1);
  expect(server.posts("resources/subscribe")).toHaveLength(1);
});

it("takes the number of an event without a message, too", async () => {
  server.streams()[0]?.events("id: c1\ndata: ");
  await answered(1);
  await breakStream();
  expect(server.streams()[1]?.headers["last-event-id"]).toBe("c1");
  await answered(2);
  expect(updates()).toBe(0);
});

it("says once that something may have been missed when the events have no numbers", async () => {
  server.streams()[0]?.events(updated());
  await until(() => expect(updates()).toBe(1));
  await breakStream();
  await until(() => expect(updates()).toBe(2));
  await answered(1);
  expect(updates()).toBe(2);
  expect(server.posts("initialize")).toHaveLength(1);
});

it("says once that something may have been missed when the server cannot use the number any more", async () => {
  server.streams()[0]?.events(updated("c41"));
  await until(() => expect(updates()).toBe(1));
  server.script = (exchange) =>
    exchange.headers["last-event-id"] === "c41" ? exchange.json(400, { error: "?" }) : false;
  await breakStream();
  await until(() => expect(updates()).toBe(2));
  await answered(1);
  expect(updates()).toBe(2);
});
