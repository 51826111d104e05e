import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "#server/utils/mcp/catalogue";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import { comparePair, findSecrets } from "./compare-pair";
import { listCompletionCells } from "./completion-cells";
import { createAsker, type Asked, type Asker } from "./create-asker";
import { expectAudited } from "./expect-audited";
import { inventId } from "./invent-id";
import { plantWorld, type Party, type World } from "./plant-world";
import { restoreWorld } from "./planted-state";
import { listForeignAddresses, listResourceKinds } from "./resource-cells";
import { inputSchemaOf, listIdPaths, listToolCells, ownArguments } from "./tool-cells";
import { setArgument, type Arguments } from "./derive-arguments";

const TIMEOUT_MS = 120_000;
const UNANSWERED = ["not_found", "invalid_arguments", "forbidden"];
const tools = catalogue.names();
const say = (line: string): boolean => process.stderr.write(`${line}\n`);
const codeOf = ({ answer }: Asked): unknown => (answer as { error?: { code?: unknown } }).error?.code;

describe.each(["disjoint", "shared"] as const)("two clients on %s numbers", (constellation) => {
  let world: World;
  let asker: Asker;
  let cells = 0;
  beforeAll(async () => {
    world = await plantWorld(constellation);
    asker = createAsker(world);
  });
  afterAll(async () => {
    say(`${constellation} numbers: ${cells} cells, ${asker?.audits.length} calls`);
    await world?.close();
  });

  describe.each([
    ["ann", "bob"],
    ["bob", "ann"],
  ] as const)("%s, asking for what is %s's", (mine, others) => {
    const parties = (): [Party, Party] => [world[mine], world[others]];

    it.each(tools)(
      "gets from %s what it gets for ids that do not exist",
      async (tool) => {
        const [me, other] = parties();
        const problems: string[] = [];
        for (const cell of listToolCells(world, me, constellation, tool)) {
          const ask = (id: string) => () => asker.callTool(me, cell.policy, tool, cell.call(id));
          const label = `${tool} ${cell.label}`;
          const foreign = ask(other.ids[cell.kind]);
          const missing = ask(inventId(cell.twinKind, other.ids[cell.twinKind]));
          const isOtherKind = cell.kind !== cell.twinKind;
          problems.push(...(await comparePair(world, { label, me, other, foreign, missing, isOtherKind })));
          cells += 1;
        }
        expect(problems).toEqual([]);
      },
      TIMEOUT_MS,
    );

    it.each(["read", "subscribe"] as const)(
      "gets on %s of a resource what it gets for one that does not exist",
      async (purpose) => {
        const [me, other] = parties();
        const problems: string[] = [];
        for (const { label, kind, resource, id } of listForeignAddresses(world, other)) {
          const ask = (one: string) => () => asker.readResource(me, purpose, resource.address(one));
          const [foreign, missing] = [ask(id), ask(inventId(kind, id))];
          problems.push(
            ...(await comparePair(world, { label: `${purpose} ${label}`, me, other, foreign, missing })),
          );
          cells += 1;
        }
        expect(problems).toEqual([]);
      },
      TIMEOUT_MS,
    );

    it("is not told how an id goes on that is none of its own, and is told its own", async () => {
      const [me, other] = parties();
      const completions = listCompletionCells(world);
      expect(new Set(completions.map(({ kind }) => kind))).toEqual(new Set(["conversation", "number"]));
      const problems: string[] = [];
      for (const { label, ref, argument, kind } of completions) {
        const ask = (value: string) => () => asker.complete(me, ref, argument, value);
        const [id, missingId] = [other.ids[kind], inventId(kind, other.ids[kind])];
        for (const length of [id.length, id.length - 1]) {
          const [foreign, missing] = [ask(id.slice(0, length)), ask(missingId.slice(0, length))];
          problems.push(...(await comparePair(world, { label, me, other, foreign, missing })));
          cells += 1;
        }
        for (const length of [0, 1, 4, me.ids[kind].length]) {
          const asked = await ask(me.ids[kind].slice(0, length))();
          expect(findSecrets(other, asked.answer), label).toEqual([]);
          expect((asked.answer as { values: string[] }).values, label).toContain(me.ids[kind]);
        }
      }
      expect(problems).toEqual([]);
    });

    it("is shown resources of its own and nothing of the other's, on any page", async () => {
      const [me, other] = parties();
      const first = await asker.listResources(me);
      const uris = (first.answer as { resources: { uri: string }[] }).resources.map(({ uri }) => uri);
      expect(uris).toContain(`wamcp://conversations/${me.ids.conversation}`);
      expect(findSecrets(other, first.answer)).toEqual([]);
      for (const id of [other.ids.conversation, "ffffffff-ffff-ffff-ffff-ffffffffffff"]) {
        const cursor = Buffer.from(`0.${id}`).toString("base64url");
        const page = await asker.listResources(me, cursor);
        expect(page.isError).toBe(false);
        expect(findSecrets(other, page.answer)).toEqual([]);
        cells += 1;
      }
    });

    it("gets on a session what it gets on one that does not exist, and leaves it alone", async () => {
      const [me, other] = parties();
      for (const method of ["GET", "POST", "DELETE"] as const) {
        const ask = async (sessionId: string) => {
          const body = method === "POST" ? { jsonrpc: "2.0", id: 1, method: "tools/list" } : undefined;
          const request = buildMcpRequest({ method, sessionId, body });
          const response = await world.sessions.handle(request, me.principal);
          const headers = [...response.headers].filter(([name]) => name !== "date");
          return { status: response.status, headers, text: await response.text() };
        };
        const foreign = await ask(other.ids.session);
        expect(foreign).toEqual(await ask(inventId("session", other.ids.session)));
        expect(foreign.status).toBe(404);
        expect(findSecrets(other, foreign.text)).toEqual([]);
        cells += 1;
      }
      const body = { jsonrpc: "2.0", id: 1, method: "tools/list" };
      const own = buildMcpRequest({ method: "POST", sessionId: other.ids.session, body });
      const response = await world.sessions.handle(own, other.principal);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("get_messages");
    });

    it("finds nothing of it in an answer to a call that names no id", async () => {
      const [me, other] = parties();
      for (const tool of tools) {
        const schema = inputSchemaOf(world.owner.principal, tool);
        for (const withNumber of [true, false]) {
          const args = ownArguments(tool, schema, me, withNumber);
          const asked = await asker.callTool(me, "anyone", tool, args);
          expect(findSecrets(other, asked.answer), tool).toEqual([]);
          const wanted = withNumber ? UNANSWERED : [];
          expect(wanted, `${tool} ${JSON.stringify(asked.answer)}`).not.toContain(codeOf(asked));
          await restoreWorld(world.ctx);
          cells += 1;
        }
      }
      for (const { template } of listResourceKinds(world).filter(({ kinds }) => kinds.length === 0)) {
        for (const purpose of ["read", "subscribe"] as const) {
          const asked = await asker.readResource(me, purpose, template);
          expect(asked.isError, template).toBe(false);
          expect(findSecrets(me, asked.answer)).not.toEqual([]);
          expect(findSecrets(other, asked.answer), template).toEqual([]);
          cells += 1;
        }
      }
    });

    it(
      "is refused for whose the id is: with an id of its own the same call is answered",
      async () => {
        const [me] = parties();
        for (const tool of tools) {
          const schema = inputSchemaOf(world.owner.principal, tool);
          for (const { path, kinds } of listIdPaths(tool, schema)) {
            // The message that is reacted to is on one number, whichever other one the client has.
            if (tool === "send_reaction" && path.at(-1) === "phone_number_id") continue;
            const codes: unknown[] = [];
            for (const kind of kinds) {
              const base = ownArguments(tool, schema, me, true, String(path.at(-1)));
              const args = setArgument(schema, base, path, me.ids[kind]);
              codes.push(codeOf(await asker.callTool(me, "anyone", tool, args as Arguments)) ?? "ok");
              await restoreWorld(world.ctx);
            }
            // A conflict says that the id was recognised. Of a cursor's kinds, each tool knows one.
            const good = codes.filter((code) => code === "ok" || code === "conflict");
            const wanted = path.at(-1) === "cursor" ? 1 : kinds.length;
            expect(good.length, `${tool} ${path.join(".")}: ${codes.join(", ")}`).toBeGreaterThanOrEqual(
              wanted,
            );
          }
        }
        for (const { kinds, address, template } of listResourceKinds(world)) {
          for (const kind of kinds) {
            const asked = await asker.readResource(me, "read", address(me.ids[kind]));
            expect(asked.isError, template).toBe(false);
          }
        }
      },
      TIMEOUT_MS,
    );

    it("left one audit row with every single call", async () => {
      expect(asker.audits.length).toBeGreaterThan(100);
      await expectAudited(world, asker.audits);
    });
  });
});
