import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import getPort from "get-port";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectHttp } from "#dev/check/connect-client";
import { until } from "#dev/stack/until";
import { parseExposition, type Exposition } from "#tests/helpers/metrics/parse-exposition";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { postWebhook } from "#tests/helpers/stack/post-webhook";
import { ensureBuilt } from "../../../scripts/ensure-built";

const TOKEN = "metrics-token-of-this-test-".repeat(2);
const CANARY = "canary-4b1d";
const NUMBER = "16505559173";

let stack: TestStack;
let client: Client;
beforeAll(async () => {
  stack = await openTestStack({ serverEnv: { METRICS_TOKEN: TOKEN } });
  client = await connectHttp(stack);
});
afterAll(async () => {
  await client?.close();
  await stack?.stop();
});

const get = (origin: string, path: string, token?: string, method = "GET") =>
  fetch(`${origin}${path}`, { method, ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}) });

async function scrape(): Promise<Exposition & { readonly text: string }> {
  const response = await get(stack.origin, "/metrics", TOKEN);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  return { ...parseExposition(text), text };
}

async function describeAnswer(response: Response) {
  const headers = [...response.headers].filter(([name]) => name !== "date");
  return { status: response.status, reason: response.statusText, headers, body: await response.text() };
}

describe("/metrics on the built server", () => {
  it("is an unknown path to whoever does not show the token", async () => {
    const before = await scrape();
    const unknown = await describeAnswer(await get(stack.origin, "/no-such-path"));
    expect(unknown.status).toBe(404);
    for (const token of [undefined, `${TOKEN}x`, TOKEN.slice(1), stack.apiKey]) {
      expect(await describeAnswer(await get(stack.origin, "/metrics", token))).toEqual(unknown);
    }
    const after = await scrape();
    const counted = ({ samples }: Exposition) => samples.filter(({ name }) => /^wamcp_.*_total$/.test(name));
    // What the server reads from Graph by itself goes on; nothing else may move.
    expect(counted(after).filter(({ name }) => name !== "wamcp_graph_calls_total")).toEqual(
      counted(before).filter(({ name }) => name !== "wamcp_graph_calls_total"),
    );
  });

  it("is not there at all without the setting", async () => {
    const { serverFile } = await ensureBuilt(() => {});
    const port = await getPort();
    const { appSecret, verifyToken, accessToken, pepper, mediaUrlSecret } = stack.secrets;
    const env = {
      PORT: String(port),
      DATABASE_URL: stack.databaseUrl,
      META_APP_SECRET: appSecret,
      META_VERIFY_TOKEN: verifyToken,
      META_ACCESS_TOKEN: accessToken,
      API_KEY_PEPPER: pepper,
      MEDIA_URL_SECRET: mediaUrlSecret,
      INNGEST_DEV: stack.inngestUrl,
    };
    const child = spawn(process.execPath, [serverFile], { env, stdio: "ignore" });
    const exited = once(child, "exit");
    try {
      const origin = `http://127.0.0.1:${port}`;
      await until("a server", 30_000, async () => ((await get(origin, "/health")).ok ? true : undefined));
      const unknown = await describeAnswer(await get(origin, "/no-such-path"));
      for (const token of [undefined, TOKEN, "undefined"]) {
        expect(await describeAnswer(await get(origin, "/metrics", token))).toEqual(unknown);
      }
    } finally {
      child.kill("SIGTERM");
      await exited;
    }
  });

  it("is read by the command of the documentation", async () => {
    const page = await readFile(join(import.meta.dirname, "../../../docs/operations/metrics.md"), "utf8");
    const [, script = ""] = /node -e '([^']+)'/.exec(page) ?? [];
    const dir = await mkdtemp(join(tmpdir(), "wamcp-metrics-"));
    try {
      await writeFile(join(dir, "token"), `${TOKEN}\n`);
      const here = script
        .replace("/run/secrets/metrics-token", join(dir, "token"))
        .replace("http://127.0.0.1:3000", stack.origin);
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", here]);
      expect(stdout).toMatch(/^200\n# HELP /);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it("counts every tool call once, by tool and outcome", async () => {
    const read = ({ valueOf }: Exposition) => ({
      ok: valueOf("wamcp_tool_calls_total", { tool: "ping", outcome: "ok" }) ?? 0,
      took: valueOf("wamcp_tool_call_duration_seconds_count", { tool: "ping" }) ?? 0,
      refused: valueOf("wamcp_tool_calls_total", { tool: "get_message_status", outcome: "not_found" }) ?? 0,
      unknown: valueOf("wamcp_tool_calls_total", { tool: "unknown", outcome: "not_found" }) ?? 0,
    });
    const before = read(await scrape());
    await callTool(client, "ping");
    const message_id = "019a0000-0000-7000-8000-000000000000";
    await client.callTool({ name: "get_message_status", arguments: { message_id } });
    await expect(client.callTool({ name: CANARY, arguments: {} })).rejects.toThrow("Unknown tool");
    expect(read(await scrape())).toEqual({
      ok: before.ok + 1,
      took: before.took + 1,
      refused: before.refused + 1,
      unknown: before.unknown + 1,
    });
  });

  it("counts webhooks, and sends to Meta, and tells nothing of what they say", async () => {
    const read = ({ valueOf }: Exposition) => ({
      accepted: valueOf("wamcp_webhooks_total", { outcome: "accepted" }),
      refused: valueOf("wamcp_webhooks_total", { outcome: "refused" }),
    });
    const before = read(await scrape());
    expect((await postWebhook(stack, `{"object":"${CANARY}","entry":[]}`)).status).toBe(200);
    expect((await postWebhook(stack, CANARY, "sha256=00")).status).toBe(404);
    expect(read(await scrape())).toEqual({
      accepted: Number(before.accepted) + 1,
      refused: Number(before.refused) + 1,
    });

    const sends = { operation: "send", outcome: "accepted" };
    const sent = await callTool(client, "send_message", { to: `+${NUMBER}`, body: `hello ${CANARY}` });
    await vi.waitFor(async () => {
      const { status } = await callTool(client, "get_message_status", { message_id: sent.message_id });
      expect(status).toBe("delivered");
    }, 20_000);
    const { text, samples, valueOf } = await scrape();
    expect(valueOf("wamcp_graph_calls_total", sends)).toBe(1);
    expect(valueOf("wamcp_graph_call_duration_seconds_count", { operation: "send" })).toBe(1);
    expect(valueOf("wamcp_sessions_held")).toBe(1);
    expect(valueOf("wamcp_database_up")).toBe(1);
    expect(valueOf("wamcp_numbers", { state: "working" })).toBe(1);
    expect(valueOf("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThanOrEqual(0);
    for (const secret of [CANARY, NUMBER, stack.apiKey, TOKEN, ...Object.values(stack.secrets)]) {
      expect(text).not.toContain(secret);
    }
    // No number and no id in any label.
    for (const { labels } of samples) {
      const { le: _le, version: _version, major: _major, minor: _minor, patch: _patch, ...words } = labels;
      for (const word of Object.values(words)) expect(word).not.toMatch(/\d{4}/);
    }
  });
});
