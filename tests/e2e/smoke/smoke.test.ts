import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { closedPort } from "#tests/helpers/doctor/closed-port";
import { buildSmoke } from "../../../scripts/build-smoke";

const ADA = "16505551234";
const TIMEOUT_MS = 60_000;

let stack: TestStack;
let folder: string;
let file: string;

beforeAll(async () => {
  stack = await openTestStack();
  await stack.phones.putContact({ wa_id: ADA, name: "Ada" });
  // Far from any node_modules, as in the image.
  folder = await mkdtemp(join(tmpdir(), "wamcp-smoke-"));
  ({ file } = await buildSmoke(join(folder, "wamcp-smoke.mjs")));
});
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly text: string;
  readonly steps: Readonly<Record<string, string>>;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const variables = {
    PATH: process.env.PATH ?? "",
    PUBLIC_URL: stack.origin,
    WAMCP_API_KEY: stack.apiKey,
    WAMCP_SMOKE_TO: `+${ADA}`,
    ...env,
  };
  const options = { cwd: folder, env: variables, timeout: TIMEOUT_MS };
  const { code, stdout, stderr } = await promisify(execFile)(process.execPath, [file, ...args], options).then(
    (ended) => ({ ...ended, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const report = args.includes("--json")
    ? (JSON.parse(stdout) as { checks: { id: string; status: string }[] })
    : undefined;
  const steps = Object.fromEntries((report?.checks ?? []).map(({ id, status }) => [id, status]));
  return { code, text: stdout + stderr, steps };
}

const GOOD = { health: "ok", "mcp-2025": "ok", "mcp-2026": "ok", send: "ok", reply: "skipped" };
// On a busy machine what lies outside may answer too late for `/ready` at any time; the first test waits for better ones.
const good = { ...GOOD, ready: expect.stringMatching(/^(ok|warning)$/) as string };

describe("the smoke test", () => {
  it("plays the round trip, the answer included", { timeout: 2 * TIMEOUT_MS }, async () => {
    const ready = await waitUntilReady();
    const [{ code, steps, text }] = await Promise.all([run(["--json", "--reply", "30"]), answer()]);
    expect(steps, text).toEqual({ ...GOOD, ready, reply: "ok" });
    expect(code).toBe(0);
    const { messages } = await stack.phones.arrivals({ wa_id: ADA });
    expect(messages.filter(({ author }) => author === "business")).toHaveLength(1);
    expect(text).not.toContain(ADA);
    expect(text).not.toContain(stack.apiKey);
  });

  it("leaves no session behind", async () => {
    await run(["--json"]);
    await vi.waitFor(async () => {
      const postgres = (await import("postgres")).default;
      const sql = postgres(stack.databaseUrl, { max: 1 });
      const [row] = await sql`select count(*)::int as count from mcp_sessions`;
      await sql.end();
      expect(row).toEqual({ count: 0 });
    }, 10_000);
  });

  it("sends nothing without a contact", async () => {
    const { code, steps } = await run(["--json"], { WAMCP_SMOKE_TO: "" });
    expect({ code, steps }).toEqual({ code: 0, steps: { ...good, send: "skipped" } });
  });

  it("fails when the message does not arrive", async () => {
    const nobody = "16505550000";
    await stack.phones.putContact({ wa_id: nobody, fail_code: 131026 });
    const { code, steps, text } = await run(["--json", "--to", `+${nobody}`, "--within", "10"]);
    expect(steps, text).toEqual({ ...good, send: "failed" });
    expect(code).toBe(1);
    expect(text).not.toContain(nobody);
  });

  it("fails when nobody answers", async () => {
    const { code, steps } = await run(["--json", "--reply", "1"]);
    expect({ code, steps }).toEqual({ code: 1, steps: { ...good, reply: "failed" } });
  });

  it("fails with a key that is refused, and says so", async () => {
    const { code, steps, text } = await run(["--json"], { WAMCP_API_KEY: "wamcp_live_nobodys" });
    expect(steps).toEqual({ ...good, "mcp-2025": "failed", "mcp-2026": "failed", send: "skipped" });
    expect(text).toContain("the key is refused (401)");
    expect(text).not.toContain("nobodys");
    expect(code).toBe(1);
  });

  it("fails where no server is", async () => {
    const { code, steps } = await run(["--json", "--url", await closedPort()]);
    expect(steps.health).toBe("failed");
    expect(Object.values(steps).filter((status) => status === "skipped")).toHaveLength(5);
    expect(code).toBe(1);
  });

  it("is readable for people", async () => {
    const { text } = await run([]);
    expect(text).toContain("ok       MCP 2026-07-28 (mcp-2026): ");
    expect(text).toMatch(/\n\n(5 ok, 0 warnings|4 ok, 1 warnings), 0 failed, 1 skipped\n$/);
  });

  it.each([
    [["--reply", "soon"], {}],
    [["--key", "x"], {}],
    [[], { WAMCP_API_KEY: "" }],
    [[], { PUBLIC_URL: "nowhere" }],
  ] as const)("refuses %j %j with 2", async (args, env) => {
    expect((await run(args, env)).code).toBe(2);
  });
});

/** Waits until everything is well, and resolves to what the step `ready` finds then: how full this machine is, nobody knows. */
async function waitUntilReady(): Promise<string> {
  return vi.waitFor(
    async () => {
      const report = (await (await fetch(`${stack.origin}/ready`)).json()) as {
        readonly checks: Readonly<Record<string, string>>;
      };
      const { media, ...others } = report.checks;
      expect(new Set(Object.values(others)), JSON.stringify(report)).toEqual(new Set(["ok"]));
      return media === "ok" ? "ok" : "warning";
    },
    { timeout: TIMEOUT_MS, interval: 250 },
  );
}

// As the contact would, once the message is there.
async function answer(): Promise<void> {
  await vi.waitFor(
    async () => expect((await stack.phones.arrivals({ wa_id: ADA })).total).toBeGreaterThan(0),
    { timeout: 30_000, interval: 50 },
  );
  await stack.phones.sendFromPerson(ADA, { type: "text", text: { body: "It is here" } });
}
