import { describe, expect, it } from "vitest";
import { createControlClient } from "#simulator/control/create-control-client";
import { sendId, uploadId } from "./files";
import { PERSON, useStage } from "./setup";

const stage = useStage();

const ask = (interactive: Record<string, unknown>) =>
  sendId(stage, "interactive", { body: { text: "?" }, ...interactive });
const buttons = () =>
  ask({
    type: "button",
    action: {
      buttons: ["Yes", "No"].map((title) => ({ type: "reply", reply: { id: title.toLowerCase(), title } })),
    },
  });
const list = () =>
  ask({
    type: "list",
    action: {
      button: "Choose",
      sections: [
        { title: "One", rows: [{ id: "a", title: "Apple", description: "round" }] },
        { title: "Two", rows: [{ id: "b", title: "Pear" }] },
      ],
    },
  });
/** What the business heard last, without the members all messages have. */
async function heard(): Promise<Record<string, unknown>> {
  await expect.poll(() => stage.messages().length).toBeGreaterThan(0);
  const {
    from: _from,
    from_user_id: _id,
    id: _wamid,
    timestamp: _at,
    ...rest
  } = stage.messages().at(-1) ?? {};
  return rest;
}
const context = (id: string) => ({ from: "15550783881", id });

describe("answering", () => {
  it.each(["no", "No", 1])("a button, named by %j", async (choice) => {
    const wamid = await buttons();
    await stage.simulator.answerMessage(PERSON, { wamid, choice });
    expect(await heard()).toEqual({
      type: "interactive",
      context: context(wamid),
      interactive: { type: "button_reply", button_reply: { id: "no", title: "No" } },
    });
  });

  it.each([
    ["a", { id: "a", title: "Apple", description: "round" }],
    ["Pear", { id: "b", title: "Pear" }],
  ])("a row of a list, named by %s", async (choice, row) => {
    const wamid = await list();
    await stage.simulator.answerMessage(PERSON, { wamid, choice });
    expect(await heard()).toEqual({
      type: "interactive",
      context: context(wamid),
      interactive: { type: "list_reply", list_reply: row },
    });
  });

  it("a request for the location", async () => {
    const wamid = await ask({ type: "location_request_message", action: { name: "send_location" } });
    const location = { latitude: 52.5, longitude: 13.4, name: "Here" };
    await stage.simulator.answerMessage(PERSON, { wamid, location });
    expect(await heard()).toEqual({ type: "location", context: context(wamid), location });
    await expect(stage.simulator.answerMessage(PERSON, { wamid })).rejects.toThrow("location");
  });

  it("a request for the contact", async () => {
    await stage.simulator.putContact({ wa_id: PERSON, name: "Ann Lee" });
    const wamid = await ask({ type: "request_contact_info", action: { name: "request_contact_info" } });
    await stage.simulator.answerMessage(PERSON, { wamid });
    expect(await heard()).toEqual({
      type: "contacts",
      context: context(wamid),
      contacts: [
        {
          name: { formatted_name: "Ann Lee", first_name: "Ann" },
          phones: [{ phone: `+${PERSON}`, type: "CELL", wa_id: PERSON }],
          vcard: expect.stringContaining("FN:Ann Lee") as unknown,
          origin: "contact_request",
        },
      ],
    });
  });

  it("a flow", async () => {
    const parameters = { flow_message_version: "3", flow_id: "1", flow_cta: "Start", flow_token: "token" };
    const wamid = await ask({ type: "flow", action: { name: "flow", parameters } });
    await stage.simulator.answerMessage(PERSON, { wamid, response: { size: "L" } });
    const { interactive } = (await heard()) as { interactive: { nfm_reply: { response_json: string } } };
    expect(interactive).toMatchObject({ type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent" } });
    expect(JSON.parse(interactive.nfm_reply.response_json)).toEqual({ flow_token: "token", size: "L" });
  });

  it("opens the window", async () => {
    const wamid = await buttons();
    await stage.simulator.configure({ window: "sync" });
    await stage.simulator.answerMessage(PERSON, { wamid, choice: "yes" });
    expect(await stage.sendText("good")).toMatch(/^wamid/);
  });

  it("says what cannot be answered", async () => {
    const control = createControlClient(stage.simulator.url);
    const wamid = await buttons();
    const text = await stage.sendText("hi");
    const parameters = { display_text: "Open", url: "https://example.com" };
    const link = await ask({ type: "cta_url", action: { name: "cta_url", parameters } });
    await expect(control.answerMessage(PERSON, { wamid, choice: "maybe" })).rejects.toThrow(/400.*yes, no/);
    await expect(control.answerMessage(PERSON, { wamid: text, choice: 0 })).rejects.toThrow(/400/);
    await expect(control.answerMessage(PERSON, { wamid: link, choice: 0 })).rejects.toThrow(/400/);
    await expect(control.answerMessage(PERSON, { wamid: "wamid.none", choice: 0 })).rejects.toThrow(/404/);
    await control.putContact({ wa_id: "16505550000" });
    await expect(control.answerMessage("16505550000", { wamid, choice: 0 })).rejects.toThrow(/404/);
  });
});

describe("reactions", () => {
  it("from the person, and taken back", async () => {
    const control = createControlClient(stage.simulator.url);
    const wamid = await stage.sendText("hi");
    await control.reactFromPerson(PERSON, { wamid, emoji: "\u{1F44D}" });
    expect(await heard()).toEqual({ type: "reaction", reaction: { message_id: wamid, emoji: "\u{1F44D}" } });
    await control.reactFromPerson(PERSON, { wamid });
    await expect.poll(() => stage.messages().length).toBe(2);
    expect(await heard()).toEqual({ type: "reaction", reaction: { message_id: wamid } });
    await expect(control.reactFromPerson(PERSON, { wamid: "wamid.none", emoji: "x" })).rejects.toThrow(/404/);
  });

  it("from the business fail when the target is too old, deleted or a reaction, and count as arrivals else", async () => {
    const say = async () =>
      (await stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body: "hi" } })).wamid;
    const react = (target: string) =>
      sendId(stage, "reaction", { message_id: target, emoji: "\u2764\uFE0F" });
    const old = await say();
    await stage.simulator.advanceClock(30 * 24 * 3600 * 1000 + 1);
    const [fresh, gone] = [await say(), await say()];
    await stage.simulator.sendFromPerson(PERSON, { type: "revoke", revoke: { original_message_id: gone } });
    const good = await react(fresh);
    for (const target of [old, gone, good]) await react(target);
    await expect
      .poll(() =>
        stage
          .statuses()
          .map(({ status }) => status)
          .sort(),
      )
      .toEqual(["failed", "failed", "failed", "sent"]);
    expect((await stage.simulator.arrivals()).messages.map(({ wamid }) => wamid)).toEqual([good]);
    // No phone counts a reaction as a new message.
    expect((await stage.simulator.listContacts())[0]?.chats[0]?.unread).toBe(0);
  });
});

describe("a voice message", () => {
  it("is reported as played, once, after read", async () => {
    const control = createControlClient(stage.simulator.url);
    const id = await uploadId(stage, { type: "audio/ogg" });
    const wamid = await sendId(stage, "audio", { id, voice: true });
    await expect.poll(() => stage.statuses().length).toBe(2);
    await control.markPlayed(PERSON, wamid);
    await control.markPlayed(PERSON, wamid);
    // Side by side on two connections `played` may arrive before `read`.
    await expect
      .poll(() =>
        stage
          .statuses()
          .map(({ status }) => status)
          .sort(),
      )
      .toEqual(["delivered", "played", "read", "sent"]);
    expect((await control.listContacts())[0]?.chats[0]?.unread).toBe(0);
    const text = await stage.sendText("hi");
    await expect(control.markPlayed(PERSON, text)).rejects.toThrow(/400/);
  });
});

describe("what a person sends besides", () => {
  it.each([
    ["location", { latitude: 1.5, longitude: -2.5, name: "Here", address: "Street 1" }],
    ["contacts", [{ name: { formatted_name: "Bo" }, phones: [{ phone: "+1", wa_id: "1" }] }]],
    [
      "order",
      {
        catalog_id: "1",
        product_items: [{ product_retailer_id: "p", quantity: 1, item_price: 2, currency: "USD" }],
      },
    ],
    ["edit", { original_message_id: "wamid.x", message: { type: "text", text: { body: "new" } } }],
  ])("%s", async (type, value) => {
    await stage.simulator.sendFromPerson(PERSON, { type, [type]: value });
    expect(await heard()).toEqual({ type, [type]: value });
  });
});
