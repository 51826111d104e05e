import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { assignConversation } from "#server/utils/admin/conversations/assign-conversation";
import { createSurface } from "#server/utils/mcp/create-surface";
import {
  createModernExchanges,
  type ModernExchanges,
} from "#server/utils/mcp/modern/create-modern-exchanges";
import { eventually } from "#tests/helpers/eventually";
import { createModernClient, type ListenStream } from "#tests/helpers/server/create-modern-client";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { adminOf, type Tenant } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import { findSecrets } from "./compare-pair";
import { ID_KINDS } from "./id-properties";
import { inventId } from "./invent-id";
import { plantWorld, type Constellation, type Party, type World } from "./plant-world";
import { listForeignAddresses, listResourceKinds } from "./resource-cells";

const INBOX = "wamcp://inbox";
const PARTIES = ["ann", "bob", "owner"] as const;

describe.each(["disjoint", "shared"] satisfies Constellation[])(
  "streams of two clients on %s numbers",
  (constellation) => {
    let world: World;
    let exchanges: ModernExchanges;
    const open: ListenStream[] = [];
    beforeAll(async () => {
      world = await plantWorld(constellation);
      exchanges = createModernExchanges(world.ctx.system, createSurface(world.ctx.system));
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((stream) => stream.leave()));
    });
    afterAll(async () => {
      exchanges?.close();
      await world?.close();
    });

    const clientOf = ({ principal }: Tenant) => createModernClient(exchanges, principal);
    async function listen(tenant: Tenant, resourceSubscriptions: string[]): Promise<ListenStream> {
      // Or what was written before would be told now.
      await untilPassedOn(world.ctx);
      const stream = await clientOf(tenant).listen({ resourceSubscriptions, resourcesListChanged: true });
      open.push(stream);
      return stream;
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

    async function write(to: Party, text: string): Promise<void> {
      const messages = [textFrom(to.ids.wa_id, `wamid.${Math.random()}`, text, world.ctx.clock.now())];
      const body = webhookBody(to.number.waPhoneNumberId, { messages });
      expect((await receiveWebhook(world.ctx, body)).state).toBe("done");
    }

    it("acknowledge to each party what is its own, and not a trace of the other's", async () => {
      for (const [me, other] of [
        [world.ann, world.bob],
        [world.bob, world.ann],
      ] as const) {
        const { acknowledged } = await listen(me, everyAddress());
        const numbers = me.principal.grants.map(({ waPhoneNumberId }) => waPhoneNumberId);
        const own = [INBOX, ...numbers.map((id) => `wamcp://numbers/${id}/messages`), conversation(me)];
        expect((acknowledged.resourceSubscriptions as string[]).toSorted()).toEqual(own.toSorted());
        expect(findSecrets(other, acknowledged)).toEqual([]);
      }
    });

    it("tell each party of its own, and nobody else of it, though all of them asked for everything", async () => {
      const streams = Object.fromEntries(
        await Promise.all(
          PARTIES.map(async (name) => [name, await listen(world[name], everyAddress())] as const),
        ),
      ) as Record<(typeof PARTIES)[number], ListenStream>;
      const heard = (name: (typeof PARTIES)[number]) => [...new Set(streams[name].heardUris())].toSorted();
      const own = (party: Party) => [INBOX, conversation(party), numberOf(party)].toSorted();
      await write(world.ann, "hello");
      // The owner hears everything: then everybody else would have, too.
      await eventually(() => expect(heard("owner")).toContain(conversation(world.ann)));
      await eventually(() => expect(heard("ann")).toEqual(own(world.ann)));
      expect(streams.bob.heard).toEqual([]);
      await write(world.bob, "hello");
      await eventually(() => expect(heard("bob")).toEqual(own(world.bob)));
      expect(heard("ann")).toEqual(own(world.ann));
      expect(findSecrets(world.bob, JSON.stringify(streams.ann.heard))).toEqual([]);
      expect(findSecrets(world.ann, JSON.stringify(streams.bob.heard))).toEqual([]);
    });

    it("answer to a foreign address what they answer to one that does not exist", async () => {
      for (const { label, kind, resource, id } of listForeignAddresses(world, world.bob)) {
        const ask = async (one: string) =>
          clientOf(world.ann).ask("resources/read", { uri: resource.address(one) });
        const [foreign, nothing] = [await ask(id), await ask(inventId(kind, id))];
        expect(foreign, label).toMatchObject({ status: 200, error: { code: -32602 } });
        expect(foreign.error, label).toEqual(nothing.error);
        expect(findSecrets(world.bob, foreign.error), label).toEqual([]);
      }
    });

    it.runIf(constellation === "shared")(
      "tell the new owner of a conversation, and the old one no more",
      async () => {
        const admin = adminOf(world.ctx);
        const { conversation: id } = world.ann.ids;
        const ann = await listen(world.ann, [conversation(world.ann), INBOX]);
        await assignConversation(admin, { conversation: id, client: world.bob.clientId });
        await eventually(() => expect(ann.heardLists()).toEqual(["notifications/resources/list_changed"]));
        const bob = await listen(world.bob, [conversation(world.ann)]);
        await write(world.ann, "to whom?");
        await eventually(() => expect(bob.heardUris()).toContain(conversation(world.ann)));
        expect(ann.heardUris()).toEqual([]);
        await assignConversation(admin, { conversation: id, client: world.ann.clientId });
      },
    );
  },
);
