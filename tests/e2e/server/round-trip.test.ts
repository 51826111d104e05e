import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRoundTrip } from "#dev/check/check-round-trip";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

// More than the promised second: other tests run beside this one.
const NOTIFIED_WITHIN_MS = 10_000;

let stack: TestStack;
beforeAll(async () => {
  stack = await openTestStack();
});
afterAll(() => stack?.stop());

describe("the round trip on the built server", () => {
  it("holds over HTTP and over stdio", async () => {
    const lines: string[] = [];
    const holds = await checkRoundTrip(stack, stack.shimFile, (line) => lines.push(line), NOTIFIED_WITHIN_MS);
    expect(holds, lines.join("\n")).toBe(true);
  });

  it("tells Inngest nothing but ids", async () => {
    const sql = postgres(stack.engineDatabaseUrl, { max: 1, onnotice: () => {} });
    try {
      const tables = await sql<{ name: string }[]>`
        select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema')`;
      let everything = "";
      for (const { name } of tables) {
        const rows = await sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`);
        everything += rows.map(({ row }) => row).join("\n");
      }
      expect(everything).toContain("wa/message.queued");
      for (const secret of ["Ada", "Hello from", "16505551234", stack.apiKey, stack.secrets.accessToken]) {
        expect(everything).not.toContain(secret);
      }
    } finally {
      await sql.end({ timeout: 5 });
    }
  });

  it("writes no text, number, token or key into any log", () => {
    const everything = stack.lines.join("\n");
    for (const secret of ["Hello from", "16505551234", stack.apiKey, ...Object.values(stack.secrets)]) {
      expect(everything).not.toContain(secret);
    }
  });

  it("leaves one audit row for every tool call, and none with a text in it", async () => {
    const sql = postgres(stack.databaseUrl, { max: 1 });
    try {
      const rows = await sql<
        { action: string; row: string }[]
      >`select action, a::text as row from audit_log a`;
      expect(rows.filter(({ action }) => action === "tool.send_message")).toHaveLength(2);
      expect(rows.filter(({ action }) => action === "message.accepted")).toHaveLength(2);
      expect(rows.map(({ row }) => row).join("\n")).not.toMatch(/Hello from|Hi, this is Ada|16505551234/);
    } finally {
      await sql.end({ timeout: 5 });
    }
  });
});
