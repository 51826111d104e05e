import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAdminDesk, type AdminDesk, type Run } from "./open-admin-desk";

let desk: AdminDesk;
beforeAll(async () => {
  desk = await openAdminDesk();
});
afterAll(() => desk?.close());

const TOKEN = /wamcp_(?:live|test)_[0-9A-Za-z]{40}/g;
const tokens: string[] = [];

/** Runs a command that must succeed and write nothing to stderr. */
async function ok(...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await desk.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).not.toMatch(TOKEN);
  return stdout;
}

/** Runs a command that must succeed with --json. */
async function json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  return JSON.parse(await ok(...args, "--json")) as T;
}

/** Runs a command that makes a key: on stderr once, on stdout never. */
async function makeKey(...args: string[]): Promise<{ run: Run; token: string }> {
  const run = await desk.run(args);
  expect(run.code).toBe(0);
  const shown = run.stderr.match(TOKEN) ?? [];
  expect(shown).toHaveLength(1);
  expect(run.stdout).not.toMatch(TOKEN);
  const token = String(shown[0]);
  tokens.push(token);
  return { run, token };
}

/** What differs from run to run, by something as long. */
const mask = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "i".repeat(36))
    .replaceAll(/(wamcp_(?:live|test)_)[0-9A-Za-z]{8}/g, "$1xxxxxxxx")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "yyyy-mm-ddThh:mm:ssZ");

describe("the first hour of an owner", () => {
  let ownerId: string;
  let agentPrefix: string;

  it("creates the clients", async () => {
    const owner = await json("clients", "create", "owner", "--owner", "--display-name", "The owner");
    ownerId = String(owner.id);
    expect(owner).toMatchObject({ name: "owner", is_owner: true, daily_cap: null });
    expect(mask(await ok("clients", "create", "booking-agent", "--daily-cap", "100"))).toBe(
      `Created client booking-agent (${"i".repeat(36)}).\n`,
    );
    expect(mask(await ok("clients", "list"))).toMatchInlineSnapshot(`
      "NAME           DISPLAY NAME   OWNER  STATE    KEYS  NUMBERS  DAILY CAP  ID
      booking-agent  booking-agent  no     enabled  0     0        100        iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii
      owner          The owner      yes    enabled  0     0        unlimited  iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii
      "
    `);
  });

  it("adds a number and lets both use it", async () => {
    const args = ["--waba", "102290129340398", "--display", "+1 555 078 3881", "--label", "Front desk"];
    await ok("numbers", "add", "106540352242922", ...args, "--default-client", "owner");
    await ok("grants", "add", "owner", "106540352242922");
    await ok("grants", "add", "booking-agent", "106540352242922", "--daily-cap", "50");
    await ok("grants", "set", "booking-agent", "106540352242922", "--recipients", "allowlist");
    await ok("grants", "allow", "booking-agent", "106540352242922", "+1 650 555 1234");
    expect(mask(await ok("numbers", "list"))).toMatchInlineSnapshot(`
      "NUMBER           DISPLAY          LABEL       STATE    QUALITY  DEFAULT CLIENT  LAST WEBHOOK  ID
      106540352242922  +1 555 078 3881  Front desk  enabled  -        owner           -             iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii
      "
    `);
    expect(mask(await ok("grants", "list"))).toMatchInlineSnapshot(`
      "CLIENT         NUMBER           SEES  WRITES TO  ALLOWED  CONFIRM  DAILY CAP  PER HOUR   TOOLS
      booking-agent  106540352242922  own   allowlist  1        never    50         unlimited  *
      owner          106540352242922  all   anyone     0        never    unlimited  unlimited  *
      "
    `);
  });

  it("makes keys, each shown once, on stderr", async () => {
    const owner = await makeKey("keys", "mint", "owner", "--label", "laptop");
    const id = /\(([0-9a-f-]{36})\)/.exec(owner.run.stdout)?.[1];
    const [stored] = await desk.sql`select client_id, prefix from api_keys where id = ${id ?? null}`;
    expect(stored).toEqual({ client_id: ownerId, prefix: owner.token.slice(0, 19) });

    const more = ["--test", "--rpm", "30", "--daily", "40", "--expires-in", "90d", "--json"];
    const agent = await makeKey("keys", "mint", "booking-agent", "--label", "agent", ...more);
    const shown = JSON.parse(agent.run.stdout) as Record<string, unknown>;
    agentPrefix = String(shown.prefix);
    expect(agentPrefix).toBe(agent.token.slice(0, 19));
    expect(shown.scopes).toContain("numbers:106540352242922");
  });

  it("takes a scope more than once, and refuses a wildcard to anybody but the owner", async () => {
    const mint = ["keys", "mint", "booking-agent", "--label", "reader", "--json"];
    const scopes = ["tools:ping", "numbers:106540352242922"];
    const { run } = await makeKey(...mint, ...scopes.flatMap((scope) => ["--scope", scope]));
    expect(JSON.parse(run.stdout)).toMatchObject({ scopes });
    const refused = await desk.run([...mint, "--scope", "tools:*"]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(refused.stderr).not.toMatch(TOKEN);
  });

  it("rotates a key and revokes the old one", async () => {
    const { run, token } = await makeKey("keys", "rotate", agentPrefix, "--grace", "2d");
    expect(mask(run.stdout)).toBe(
      `Made key wamcp_test_xxxxxxxx (${"i".repeat(36)}) for client booking-agent. ` +
        "The old key wamcp_test_xxxxxxxx works until yyyy-mm-ddThh:mm:ssZ.\n",
    );
    expect(mask(await ok("keys", "revoke", agentPrefix))).toBe(
      "Revoked key wamcp_test_xxxxxxxx of client booking-agent: it works no more.\n",
    );
    expect(mask(await ok("keys", "list", "booking-agent"))).toMatchInlineSnapshot(`
      "PREFIX               CLIENT         LABEL   STATE    RPM  DAILY  PEPPER  EXPIRES               LAST USED  ID
      wamcp_test_xxxxxxxx  booking-agent  agent   revoked  30   40     1       yyyy-mm-ddThh:mm:ssZ  -          iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii
      wamcp_live_xxxxxxxx  booking-agent  reader  alive    60   250    1       -                     -          iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii
      wamcp_test_xxxxxxxx  booking-agent  agent   alive    30   40     1       yyyy-mm-ddThh:mm:ssZ  -          iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii
      "
    `);
    agentPrefix = token.slice(0, 19);
  });

  it("finds keys that leaked", async () => {
    const text = tokens.map((token) => `a line with ${token} in it`).join("\n");
    const { stdout, code } = await desk.run(["keys", "scan", "--json"], { stdin: text });
    expect(code).toBe(0);
    expect(stdout).not.toMatch(TOKEN);
    const found = JSON.parse(stdout) as { prefix: string; state: string }[];
    expect(found.map(({ state }) => state)).toEqual(["alive", "revoked", "alive", "alive"]);
  });

  it("shows what was sent against the caps", async () => {
    await desk.sql`
      insert into usage_daily (day, scope, subject_id, sends)
      select date '2026-11-22', 'client', id, 12 from clients where name = 'booking-agent'
      union all select date '2026-11-22', 'grant', g.id, 12 from grants g join clients c on c.id = g.client_id
      where c.name = 'booking-agent'
      union all select date '2026-11-22', 'key', coalesce(limits_key_id, id), 12 from api_keys where prefix = ${agentPrefix}`;
    expect(mask(await ok("usage", "--day", "2026-11-22"))).toMatchInlineSnapshot(`
      "2026-11-22 (UTC)
      CLIENT         CAP OF  WHICH                       SENT  CAP  LEFT
      booking-agent  client  -                           12    100  88
      booking-agent  key     wamcp_test_xxxxxxxx agent   12    40   28
      booking-agent  grant   106540352242922 Front desk  12    50   38
      "
    `);
    expect(await json("usage", "--client", "owner", "--day", "2026-11-22")).toEqual({
      day: "2026-11-22",
      usage: [],
    });
  });

  it("moves a conversation", async () => {
    const [made] = await desk.sql<[{ id: string }]>`
      insert into conversations (id, phone_number_id, contact_id, owner_client_id)
      select gen_random_uuid(), n.id, a.contact_id, ${ownerId}
      from phone_numbers n, contact_aliases a where a.value = '16505551234' returning id`;
    expect(mask(await ok("conversations", "list"))).toMatchInlineSnapshot(`
      "CONVERSATION                          NUMBER           WITH          OWNER  UNREAD  LAST MESSAGE
      iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii  106540352242922  +16505551234  owner  0       -
      "
    `);
    await ok("conversations", "assign", made.id, "booking-agent");
    expect(await json<unknown[]>("conversations", "list", "--client", "booking-agent")).toMatchObject([
      { id: made.id, owner: "booking-agent", address: "+16505551234" },
    ]);
  });

  it("shows what Meta sent and could not be handled, and has it handled again", async () => {
    const [planted] = await desk.sql<[{ id: string }]>`
      insert into webhook_inbox (id, body, received_at, state, attempts, error)
      values (gen_random_uuid(), '{"a":1}', '2026-11-22T10:00:00Z', 'dead', 5,
        '{"dead_letters":[{"path":"entry[0].changes[0]","reason":"no such number"}]}')
      returning id`;
    expect(mask(await ok("inbox", "list"))).toMatchInlineSnapshot(`
      "ID                                    RECEIVED              ELEMENTS  WHY
      iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii  yyyy-mm-ddThh:mm:ssZ  1         no such number (1)
      "
    `);
    expect(mask(await ok("inbox", "show", planted.id, "--body"))).toMatchInlineSnapshot(`
      "dead, received yyyy-mm-ddThh:mm:ssZ, tried 5 times
      ELEMENT              WHY
      entry[0].changes[0]  no such number
      {"a":1}
      "
    `);
    expect(await json("inbox", "show", planted.id)).toMatchObject({ state: "dead", attempts: 5 });
    expect(await json("inbox", "retry", planted.id)).toEqual({ id: planted.id, state: "received" });
    expect(await ok("inbox", "list")).toBe("Everything that Meta sent was handled.\n");
  });

  it("has nothing to approve yet, and says so", async () => {
    expect(await ok("approvals", "list")).toBe("Nothing waits for approval.\n");
    expect(await json<unknown[]>("approvals", "list")).toEqual([]);
  });

  it("exports the record: a line for every action, and none with a key or a phone number", async () => {
    const lines = (await ok("audit", "export", "--since", "2026-01-01")).trimEnd().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const [{ n } = { n: 0 }] = await desk.sql<{ n: number }[]>`select count(*)::int as n from audit_log`;
    expect(rows).toHaveLength(n);
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toMatchInlineSnapshot(`
      [
        "client.created ok",
        "client.created ok",
        "number.added ok",
        "grant.added ok",
        "grant.added ok",
        "grant.set ok",
        "recipient.allowed ok",
        "key.minted ok",
        "key.minted ok",
        "key.minted ok",
        "key.minted refused",
        "key.rotated ok",
        "key.revoked ok",
        "conversation.assigned ok",
        "inbox.shown ok",
        "inbox.retried ok",
      ]
    `);
    expect(rows.every(({ actor }) => actor === "admin")).toBe(true);
    expect(lines.join()).not.toContain("5551234");
    expect(mask(await ok("audit", "tail", "-n", "1"))).toMatch(
      /^yyyy-mm-ddThh:mm:ssZ admin inbox\.retried ok detail=/,
    );
  });

  it("follows the record until Ctrl+C", async () => {
    let isTold = false;
    const run = await desk.run(["audit", "tail", "-n", "2", "--follow", "--json"], {
      onOutput: (stdout, pid) => {
        if (isTold || stdout.split("\n").length < 3) return;
        isTold = true;
        process.kill(pid, "SIGINT");
      },
    });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const lines = run.stdout.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toHaveLength(2);
  });

  it("ends quietly when whoever reads has seen enough", async () => {
    await desk.sql`
      insert into audit_log (id, at, actor, action, outcome, detail)
      select gen_random_uuid(), now(), 'system', 'test.filler', 'ok', jsonb_build_object('n', repeat('x', 500))
      from generate_series(1, 4000)`;
    const run = await desk.run(["audit", "export"], { closesEarly: true });
    expect(run).toMatchObject({ code: 0, stderr: "" });
  });

  it("does not pass a part of the record for the whole when it is stopped", async () => {
    let isTold = false;
    const run = await desk.run(["audit", "export"], {
      // The rest does not fit into the pipe, so it cannot be done by now.
      onOutput: (_stdout, pid) => {
        if (!isTold) process.kill(pid, "SIGINT");
        isTold = true;
      },
    });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("The export was stopped before its end.");
  });
});
