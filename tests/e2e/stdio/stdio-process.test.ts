import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildStdio } from "../../../scripts/build-stdio";
import { collectOutput, type Output } from "./collect-output";
import { createMcpServer, type McpServer } from "./create-mcp-server";
import { until } from "./until";

let folder: string;
let file: string;
let server: McpServer;
const children: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wamcp-stdio-"));
  file = (await buildStdio(join(folder, "wamcp-stdio.mjs"))).file;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  server = await createMcpServer();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await server.kill();
});

interface Shim extends Output {
  readonly child: ChildProcessWithoutNullStreams;
  say(...messages: unknown[]): void;
  exitCode(): Promise<unknown>;
}

const start = (env: Record<string, string> = {}, args: string[] = []): Shim => {
  const settings = { WAMCP_URL: server.url, WAMCP_API_KEY: server.apiKey, ...env };
  // The file itself, not node with the file: it must be executable.
  const child = spawn(file, args, { env: { PATH: process.env.PATH ?? "", ...settings }, stdio: "pipe" });
  children.push(child);
  const output = collectOutput(child);
  child.stdin.on("error", () => undefined);
  const exited = once(child, "exit").then(([code]) => code as unknown);
  return {
    child,
    ...output,
    say: (...messages) => {
      for (const message of messages) {
        child.stdin.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
      }
    },
    exitCode: () => exited,
  };
};

const initialize = {
  jsonrpc: "2.0",
  id: "first",
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};
const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
const call = (id: unknown, name: string, args = {}): unknown => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});

describe("the stdio shim as a process", () => {
  it("takes the whole conversation at once, answers in ids of the host, and writes nothing but JSON-RPC", async () => {
    const shim = start();
    shim.say({ jsonrpc: "2.0", id: 0, method: "server/discover" }, "not json", '{"id":1}', "");
    shim.say(initialize, initialized, call(1, "list_numbers"), call("1", "count"));
    // Six answers, and the progress of `count`.
    await until(() => expect(shim.lines).toHaveLength(9));
    const messages = shim.lines.map((line) => JSON.parse(line) as { id?: unknown; error?: { code: number } });
    expect(messages.map(({ id, error }) => [id, error?.code])).toEqual(
      expect.arrayContaining([
        [0, -32601],
        [null, -32700],
        [null, -32600],
        ["first", undefined],
        [1, undefined],
        ["1", undefined],
      ]),
    );
    expect(messages.every((message) => "jsonrpc" in message)).toBe(true);
  });

  it("passes each progress notification on before the answer", async () => {
    const shim = start();
    const params = { name: "count", _meta: { progressToken: "p" } };
    shim.say(initialize, initialized, { jsonrpc: "2.0", id: 1, method: "tools/call", params });
    await until(() => expect(shim.lines).toHaveLength(5));
    const messages = shim.lines.map(
      (line) => JSON.parse(line) as { id?: unknown; params?: { progress: number } },
    );
    expect(messages.map(({ id, params: update }) => id ?? update?.progress)).toEqual(["first", 1, 2, 3, 1]);
  });

  it("answers what is under way when stdin ends, ends the session and exits with 0", async () => {
    const shim = start();
    shim.say(initialize, initialized);
    // What is under way has a second left, in which a busy machine would not get through the handshake as well.
    await until(() => expect(server.streams()).toBe(1));
    let release = (): void => {};
    server.onSend = () => new Promise<void>((resolve) => (release = resolve));
    shim.say(call(1, "send_message"));
    await until(() => expect(server.seen.sends).toBe(1));
    shim.child.stdin.end();
    release();
    expect(await shim.exitCode()).toBe(0);
    expect(shim.lines.map((line) => (JSON.parse(line) as { id: unknown }).id)).toEqual(["first", 1]);
    expect(server.seen.deletes).toBe(1);
  });

  it("does not wait for ever for answers when stdin ends", async () => {
    const shim = start();
    shim.say(initialize, initialized, call(1, "wait"));
    await until(() => expect(server.seen.waits).toBe(1));
    shim.child.stdin.end();
    expect(await shim.exitCode()).toBe(0);
    expect(server.seen.deletes).toBe(1);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends the session and exits with 0 on %s", async (signal) => {
    const shim = start();
    shim.say(initialize, initialized, call(1, "wait"));
    await until(() => expect(server.seen.waits).toBe(1));
    shim.child.kill(signal);
    expect(await shim.exitCode()).toBe(0);
    expect(server.seen.deletes).toBe(1);
  });

  it("exits with 0 when the host closes stdout", async () => {
    const shim = start();
    shim.say(initialize, initialized);
    await until(() => expect(shim.lines).toHaveLength(1));
    shim.child.stdout.destroy();
    shim.say(call(1, "list_numbers"));
    expect(await shim.exitCode()).toBe(0);
    expect(server.seen.deletes).toBe(1);
  });

  it("stops reading answers when the host does not take them, and still exits on SIGTERM", async () => {
    const shim = start();
    shim.say(initialize, initialized);
    await until(() => expect(shim.lines).toHaveLength(1));
    shim.child.stdout.pause();
    shim.say(call(1, "list_numbers", { body: "x".repeat(3_000_000) }), call(2, "list_numbers"));
    await until(() => expect(server.seen.reads).toBe(2));
    shim.child.kill("SIGTERM");
    expect(await shim.exitCode()).toBe(0);
  });

  it("checks the connection", async () => {
    const good = start({}, ["--check"]);
    expect(await good.exitCode()).toBe(0);
    expect(good.stderr()).toContain("send_message");
    const bad = start({ WAMCP_API_KEY: "wamcp_live_wrong" }, ["--check"]);
    expect(await bad.exitCode()).toBe(1);
    expect(bad.stderr()).toContain("WAMCP_API_KEY");
    expect(bad.stderr()).not.toContain("wamcp_live_wrong");
    expect([...good.lines, ...bad.lines]).toEqual([]);
    expect(server.seen.deletes).toBe(1);
  });

  it.each([
    ["without an address", { WAMCP_URL: "" }, [], "WAMCP_URL is not set"],
    ["with an address that is none", { WAMCP_URL: "wa.example" }, [], "WAMCP_URL is not an http(s) address"],
    ["with an unknown flag", {}, ["--watch"], "Usage"],
    ["with a key as argument", {}, ["wamcp_live_secret"], "Usage"],
    [
      "with a key that no header can carry",
      { WAMCP_API_KEY: "wamcp_live_sec ret" },
      [],
      "WAMCP_API_KEY holds",
    ],
  ])("exits with 2 %s and says why", async (_, env, args, words) => {
    const shim = start(env, args);
    expect(await shim.exitCode()).toBe(2);
    await until(() => expect(shim.stderr()).toContain(words));
    expect(shim.stderr()).not.toContain("wamcp_live_sec");
    expect(shim.lines).toEqual([]);
  });
});
