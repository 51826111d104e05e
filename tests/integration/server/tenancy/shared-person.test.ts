import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callAs, sendAs } from "#tests/helpers/server/call-as";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import { canaryOf } from "./canary-of";
import { plantWorld, type World } from "./plant-world";

interface Page {
  readonly messages: readonly { readonly id: string; readonly contact_id: string }[];
}

let world: World;
beforeEach(async () => {
  world = await plantWorld("disjoint");
});
afterEach(() => world?.close());

/** Ann writes, on her own number, to the person with whom bob has been writing on his. */
async function meetBobsPerson(): Promise<void> {
  const { ctx, ann, bob } = world;
  await sendAs(ctx, ann, { to: bob.ids.phone, phone_number_id: ann.number.waPhoneNumberId });
}

const read = (args: Record<string, unknown>) => callAs(world.ctx, world.ann, "get_messages", args);

describe("a person whom another client knew before, on a number of its own", () => {
  it("brings no message and no conversation of the other's along", async () => {
    await meetBobsPerson();
    const { structuredContent, isError } = await read({ contact: world.bob.ids.phone });
    expect(isError).toBe(false);
    expect((structuredContent as unknown as Page).messages).toHaveLength(1);
    const { conversation, message, wamid, number } = world.bob.ids;
    const text = JSON.stringify((await read({})).structuredContent);
    for (const secret of [conversation, message, wamid, number]) expect(text).not.toContain(secret);
  });

  it("has an id that does not tell since when somebody knows him", async () => {
    await meetBobsPerson();
    const { structuredContent } = await read({ contact: world.bob.ids.phone });
    const [message] = (structuredContent as unknown as Page).messages;
    // Version 4: all chance. A version 7 begins with the time when it was made.
    expect(message?.contact_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it("has no name that only the other was told", async () => {
    const { ctx, ann, bob } = world;
    const messages = [textFrom(bob.ids.wa_id, "wamid.to-ann", "hello ann", ctx.clock.now())];
    await meetBobsPerson();
    await receiveWebhook(ctx, webhookBody(ann.number.waPhoneNumberId, { messages }));
    const { structuredContent } = await read({ contact: bob.ids.phone, direction: "inbound" });
    expect(JSON.stringify(structuredContent)).toContain("hello ann");
    expect(JSON.stringify(structuredContent)).not.toContain(canaryOf("bob"));
  });
});
