import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "#server/utils/mcp/catalogue";
import { listFixedResources } from "#server/utils/mcp/resources/list-fixed-resources";
import { sendAs } from "#tests/helpers/server/call-as";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import { listCompletionCells } from "./completion-cells";
import { createAsker, type Asker } from "./create-asker";
import { normaliseAnswer } from "./normalise-answer";
import { plantWorld, type World } from "./plant-world";
import { countTouched, restoreWorld } from "./planted-state";
import { inputSchemaOf, ownArguments } from "./tool-cells";

const NEW_PEOPLE = ["16505581001", "16505581002", "16505581003", "16505581004", "16505581005"];

describe.each(["disjoint", "shared"] as const)("on %s numbers, what a client is told", (constellation) => {
  let world: World;
  let asker: Asker;
  beforeAll(async () => {
    world = await plantWorld(constellation);
    asker = createAsker(world);
  });
  afterAll(() => world?.close());

  /** Everything that ann can ask without naming what another may have, and the answers. */
  async function askEverything(): Promise<Record<string, unknown>> {
    const { ann, owner } = world;
    const planted = new Set(ann.secrets);
    const answers: [string, unknown][] = [];
    const reading = (tool: string): boolean => catalogue.find(tool)?.hints.readOnly === true;
    // Those that read come first: what the others change is changed for the next one.
    for (const tool of catalogue.names().toSorted((a, b) => Number(reading(b)) - Number(reading(a)))) {
      const args = ownArguments(tool, inputSchemaOf(owner.principal, tool), ann, true);
      const { answer } = await asker.callTool(ann, "anyone", tool, args);
      answers.push([tool, normaliseAnswer(answer, planted)]);
    }
    for (const { uri } of listFixedResources(ann.principal)) {
      const { answer } = await asker.readResource(ann, "read", uri);
      answers.push([uri, normaliseAnswer(answer, planted)]);
    }
    answers.push(["resources/list", normaliseAnswer((await asker.listResources(ann)).answer, planted)]);
    for (const { label, ref, argument } of listCompletionCells(world)) {
      const { answer } = await asker.complete(ann, ref, argument, "");
      answers.push([label, normaliseAnswer(answer, planted)]);
    }
    return Object.fromEntries(answers);
  }

  /** Bob and the owner have a busy day. */
  async function beBusy(): Promise<void> {
    const { ctx, bob, owner } = world;
    const number = bob.number.waPhoneNumberId;
    for (const person of NEW_PEOPLE) {
      await sendAs(ctx, bob, { to: `+${person}`, phone_number_id: number });
      const messages = [1, 2, 3].map((place) =>
        textFrom(person, `wamid.${person}.${place}`, "how busy you are", ctx.clock.now()),
      );
      expect((await receiveWebhook(ctx, webhookBody(number, { messages }))).state).toBe("done");
    }
    const strangers = [textFrom("16505582001", "wamid.stranger", "a stranger", ctx.clock.now())];
    await receiveWebhook(ctx, webhookBody(number, { messages: strangers }));
    await sendAs(ctx, owner, { to: "+16505582001", phone_number_id: number });
    await deliverEvents(ctx);
    expect(await countTouched(ctx, world.ann)).toBe(0);
  }

  it("is the same however busy the others are: no count, order, place or time of theirs is in it", async () => {
    const before = await askEverything();
    await restoreWorld(world.ctx);
    await beBusy();
    const after = await askEverything();
    expect(Object.keys(before).length).toBeGreaterThan(catalogue.names().length);
    expect(after).toEqual(before);
  });

  it("would differ if it were its own day that is busy", async () => {
    const { ctx, ann } = world;
    await restoreWorld(ctx);
    const before = await askEverything();
    await restoreWorld(ctx);
    const messages = [textFrom(ann.ids.wa_id, "wamid.own", "one more for ann", ctx.clock.now())];
    await receiveWebhook(ctx, webhookBody(ann.number.waPhoneNumberId, { messages }));
    const after = await askEverything();
    const changed = Object.keys(before).filter(
      (name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]),
    );
    expect(changed).toEqual(expect.arrayContaining(["get_messages", "wait_for_messages", "wamcp://inbox"]));
  });
});
