import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { assignConversation } from "#server/utils/admin/conversations/assign-conversation";
import { eventually } from "#tests/helpers/eventually";
import { sendAs } from "#tests/helpers/server/call-as";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { openMcpSession, type McpSession } from "#tests/helpers/server/open-mcp-session";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { adminOf, type Tenant } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { statusOf, textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import { findSecrets } from "./compare-pair";
import { inventId } from "./invent-id";
import { ID_KINDS } from "./id-properties";
import { plantWorld, type Constellation, type Party, type World } from "./plant-world";
import { listResourceKinds } from "./resource-cells";

const NOT_FOUND = { code: -32002, message: expect.any(String) as string };

describe.each(["disjoint", "shared"] satisfies Constellation[])(
  "sessions of two clients on %s numbers",
  (constellation) => {
    let world: World;
    let open: Record<"ann" | "bob" | "owner", McpSession>;
    beforeAll(async () => {
      world = await plantWorld(constellation);
      await deliverAll();
    });
    afterAll(() => world?.close());

    beforeEach(async () => {
      // Or what was written before would be told now.
      await untilPassedOn(world.ctx);
      const start = (tenant: Tenant) => openMcpSession(world.sessions, tenant.principal);
      open = { ann: await start(world.ann), bob: await start(world.bob), owner: await start(world.owner) };
      for (const session of Object.values(open)) {
        await Promise.all(everyAddress().map((uri) => session.ask("resources/subscribe", { uri })));
      }
    });
    afterEach(async () => {
      for (const session of Object.values(open ?? {})) await session.end();
    });

    /** Has everything leave that is queued, past the pauses between two messages to one person. */
    async function deliverAll(): Promise<void> {
      world.ctx.clock.advance(60_000);
      await deliverEvents(world.ctx);
    }

    /** Everything that anybody can name: all kinds of addresses with all ids of both parties. */
    const everyAddress = (): string[] => {
      const ids = [world.ann, world.bob].flatMap(({ ids: own }) => ID_KINDS.map((kind) => own[kind]));
      const numbers = world.owner.principal.grants.map(({ waPhoneNumberId }) => waPhoneNumberId);
      const addresses = listResourceKinds(world).flatMap(({ kinds, address, template }) =>
        kinds.length === 0 ? [template] : [...ids, ...numbers].map(address),
      );
      return [...new Set(addresses)];
    };
    const conversation = ({ ids }: Party): string => `wamcp://conversations/${ids.conversation}`;
    const numberOf = ({ number }: Party): string => `wamcp://numbers/${number.waPhoneNumberId}/messages`;
    const INBOX = "wamcp://inbox";

    async function write(to: Party, text: string): Promise<void> {
      const { wa_id: person } = to.ids;
      const messages = [textFrom(person, `wamid.${Math.random()}`, text, world.ctx.clock.now())];
      const body = webhookBody(to.number.waPhoneNumberId, { messages });
      expect((await receiveWebhook(world.ctx, body)).state).toBe("done");
    }

    /** Waits until the owner, who hears everything, has heard something: then everybody else would have, too. */
    async function untilTold(uri: string): Promise<void> {
      await eventually(() => expect(open.owner.heardUris()).toContain(uri));
    }

    /** Expects that a party was told of nothing before something of its own happens: that comes last, so nothing is on its way. */
    async function expectSilenceUntilNow(name: "ann" | "bob"): Promise<void> {
      const party = world[name];
      await write(party, "the first that concerns you");
      await eventually(() => expect(open[name].heardUris()).toContain(conversation(party)));
      expect(open[name].heardUris().slice(0, 3)).toEqual([INBOX, numberOf(party), conversation(party)]);
    }

    const heard = (name: keyof typeof open): string[] => [...new Set(open[name].heardUris())].toSorted();

    it.each([
      ["ann", "bob"],
      ["bob", "ann"],
    ] as const)("tell %s, and not %s, of what is hers", async (mine, others) => {
      const [me, other] = [world[mine], world[others]];
      await write(me, "hello");
      await untilTold(conversation(me));
      await eventually(() => expect(heard(mine)).toEqual([INBOX, conversation(me), numberOf(me)].toSorted()));
      expect(findSecrets(other, open[mine].heard.join("\n"))).toEqual([]);
      expect(open[others].heard).toEqual([]);
      await expectSilenceUntilNow(others);
    });

    it("tell of a send, and of how far it came, only its client", async () => {
      const { ann } = world;
      await sendAs(world.ctx, ann, { to: ann.ids.phone, phone_number_id: ann.number.waPhoneNumberId });
      await deliverAll();
      const [row] = await world.ctx.sql<[{ wamid: string }]>`
        select wamid from messages where client_id = ${ann.clientId} and status = 'accepted'
        order by id desc limit 1`;
      const statuses = [statusOf(row.wamid, "read", world.ctx.clock.now())];
      await receiveWebhook(world.ctx, webhookBody(ann.number.waPhoneNumberId, { statuses }));
      await untilTold(conversation(ann));
      await eventually(() => expect(heard("ann")).toEqual([conversation(ann), numberOf(ann)].toSorted()));
      await expectSilenceUntilNow("bob");
    });

    it("tell neither of a stranger, who is the owner's", async () => {
      const messages = [
        textFrom("16505569999", `wamid.${Math.random()}`, "who are you?", world.ctx.clock.now()),
      ];
      await receiveWebhook(world.ctx, webhookBody(world.ann.number.waPhoneNumberId, { messages }));
      await untilTold(INBOX);
      await expectSilenceUntilNow("ann");
      await expectSilenceUntilNow("bob");
    });

    it("answer to a foreign address what they answer to one that does not exist", async () => {
      for (const purpose of ["resources/subscribe", "resources/read"] as const) {
        for (const foreign of [conversation(world.bob), `wamcp://numbers/${world.bob.ids.number}/messages`]) {
          const [kind, id] = foreign.includes("numbers")
            ? (["number", world.bob.ids.number] as const)
            : (["conversation", world.bob.ids.conversation] as const);
          const answer = await open.ann.ask(purpose, { uri: foreign });
          const nothing = await open.ann.ask(purpose, { uri: foreign.replace(id, inventId(kind, id)) });
          expect(answer.error).toMatchObject(NOT_FOUND);
          expect(answer.error).toEqual(nothing.error);
          expect(findSecrets(world.bob, answer.error)).toEqual([]);
        }
      }
    });

    it("let nobody end another's subscription", async () => {
      const [answer, nothing] = [
        await open.ann.ask("resources/unsubscribe", { uri: conversation(world.bob) }),
        await open.ann.ask("resources/unsubscribe", {
          uri: `wamcp://conversations/${inventId("conversation", world.bob.ids.conversation)}`,
        }),
      ];
      expect(answer.result).toEqual(nothing.result);
      await write(world.bob, "still there?");
      await eventually(() => expect(heard("bob")).toContain(conversation(world.bob)));
      await expectSilenceUntilNow("ann");
    });

    it.runIf(constellation === "shared")(
      "tell the new owner of a conversation, and the old one no more",
      async () => {
        const admin = adminOf(world.ctx);
        const { conversation: id } = world.ann.ids;
        await assignConversation(admin, { conversation: id, client: world.bob.clientId });
        // He could not subscribe while it was not his.
        await open.bob.ask("resources/subscribe", { uri: conversation(world.ann) });
        await write(world.ann, "to whom?");
        await eventually(() => expect(heard("bob")).toContain(conversation(world.ann)));
        expect(heard("ann")).toEqual([]);
        expect((await open.ann.ask("resources/read", { uri: conversation(world.ann) })).error).toMatchObject(
          NOT_FOUND,
        );
        await assignConversation(admin, { conversation: id, client: world.ann.clientId });
      },
    );
  },
);
