import { PassThrough } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeGrant } from "#server/utils/admin/grants/change-grant";
import { TEST_PEPPERS } from "#tests/helpers/server/create-test-context";
import { callAs } from "#tests/helpers/server/call-as";
import { reloadTenant } from "#tests/helpers/server/reload-tenant";
import { adminOf } from "#tests/helpers/server/seed-tenants";
import { COMMANDS } from "../../scripts/admin/commands";
import { runAdmin } from "../../scripts/admin/run-admin";
import { findHidden } from "./judge/find-hidden";
import { CANARY } from "./world/canaries";
import { openEvalWorld, type EvalWorld } from "./world/open-eval-world";

// The operator's terminal obeys what it is shown: escape sequences, and signs that turn the direction of a line.

let world: EvalWorld;

beforeAll(async () => {
  world = await openEvalWorld();
  await world.receiveShapes();
  const { ctx, tenants } = world;
  await changeGrant(adminOf(ctx), { client: "owner", number: "101", confirmPolicy: "always" });
  const owner = await reloadTenant(ctx, tenants.owner);
  const contacts = await ctx.sql<{ contact_id: string }[]>`select distinct contact_id from conversations`;
  for (const { contact_id: to } of contacts) {
    await callAs(ctx, owner, "send_message", { to, body: "our words", phone_number_id: "101" });
  }
});

afterAll(() => world?.close());

async function run(...argv: string[]): Promise<{ readonly code: number; readonly output: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([readText(stdout), readText(stderr)]);
  const env = { DATABASE_URL: world.ctx.url, API_KEY_PEPPER: TEST_PEPPERS.current.secret };
  const io = { stdin: new PassThrough(), stdout, stderr, env, signal: new AbortController().signal };
  const code = await runAdmin(argv, io);
  stdout.end();
  stderr.end();
  return { code, output: (await written).join("") };
}

/** What is hidden, but for the parts of emoji, which are left as they are. */
const unseenIn = (output: string): string[] => [
  ...new Set(findHidden(output).filter((sign) => !["U+200D", "U+FE0E", "U+FE0F"].includes(sign))),
];

const canariesIn = (output: string): number =>
  new Set([...output.matchAll(CANARY)].map(([canary]) => canary)).size;

/** Every command that only reads and needs to be told nothing. */
const LISTS = Object.entries(COMMANDS.commands).flatMap(([group, entry]) =>
  "commands" in entry
    ? ["list", "tail"].filter((name) => Object.hasOwn(entry.commands, name)).map((name) => [group, name])
    : [[group]],
);

describe("an operator's terminal", () => {
  it.each(
    LISTS.flatMap((words) => [words, [...words, "--json"]]).map((words) => ({
      words,
      line: words.join(" "),
    })),
  )("$line shows nothing that it would obey", async ({ words }) => {
    const { code, output } = await run(...words);
    expect([code, output.length > 0]).toEqual([0, true]);
    expect(unseenIn(output)).toEqual([]);
  });

  it("is shown people by their addresses, and their words only where it asks for them", async () => {
    // A wa_id that is a text is shown as what Meta says the person's address is, on one line and with nothing hidden.
    const addressed = new Set(["conversations", "approvals"]);
    for (const words of LISTS.filter(([group = ""]) => !addressed.has(group))) {
      const { output } = await run(...words);
      expect(canariesIn(output), words.join(" ")).toBe(0);
    }
    const dead = JSON.parse((await run("inbox", "list", "--json")).output) as { id: string }[];
    expect(dead.length).toBeGreaterThan(0);
    for (const { id } of dead) {
      const [shown, whole] = [await run("inbox", "show", id), await run("inbox", "show", id, "--body")];
      expect(canariesIn(shown.output)).toBe(0);
      expect(unseenIn(shown.output + whole.output)).toEqual([]);
    }
  });
});
