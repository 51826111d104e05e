import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "#dev/stack/until";
import { openChat, PERSON, type Chat } from "./open-chat";
import { sampleMedia, type SampleKind } from "./sample-media";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const TYPES_WITHIN_MS = 20_000;
const KINDS: readonly SampleKind[] = ["image", "document", "audio", "voice", "video", "sticker"];

let chat: Chat;
beforeAll(async () => {
  chat = await openChat();
});
afterAll(() => chat?.close());

/** Listens to the phones from now on; what comes back waits for the one that shows that the business types, and tells what it says. */
async function listenForTyping(): Promise<() => Promise<string>> {
  const signal = AbortSignal.timeout(TYPES_WITHIN_MS);
  const { body } = await fetch(`${chat.stack.simulatorUrl}/control/events`, { signal });
  return () => hearTyping(body);
}

async function hearTyping(body: Response["body"]): Promise<string> {
  let heard = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    heard += chunk;
    const line = heard.split("\n").find((one) => one.startsWith("data: ") && one.includes('"typing"'));
    if (line) return line;
  }
  throw new Error("nobody typed");
}

/** The person sends a file of this kind. */
async function sendFile(kind: SampleKind) {
  const { type, bytes } = sampleMedia(kind);
  const what = kind === "voice" ? { type: "audio" as const, voice: true } : { type: kind };
  const details = { ...what, mime_type: kind === "voice" ? "audio/ogg; codecs=opus" : type };
  const sent = await chat.stack.phones.sendBytesFromPerson(PERSON, details, bytes);
  return { type, bytes, seen: await chat.hear(sent) };
}

describe("a file, on the built server", () => {
  it.each(KINDS)("%s comes in, is fetched by its link, and goes out again, byte for byte", async (kind) => {
    const { type, bytes, seen } = await sendFile(kind);
    expect(seen.media).toMatchObject({ state: "ready", type, size: bytes.length });

    const link = await chat.call("get_media_url", { message_id: seen.id });
    const response = await fetch(String(link.url));
    expect([response.status, response.headers.get("content-length")]).toEqual([200, String(bytes.length)]);
    expect(response.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(bytes));

    const { arrived } = await chat.send("send_media", { type: kind, media_id: seen.media?.id });
    expect(arrived.media).toMatchObject({ sha256: sha256(bytes), size_bytes: bytes.length });
    const { bytes: shown } = await chat.stack.phones.readMedia(arrived.media?.id ?? "");
    expect(sha256(shown)).toBe(sha256(bytes));
    expect(arrived.content).toMatchObject(kind === "voice" ? { voice: true } : {});
  });

  it("is read in parts, asked about without being read, and not there under any other address", async () => {
    const { bytes, seen } = await sendFile("document");
    const { url } = await chat.call("get_media_url", { media_id: seen.media?.id });
    const part = await fetch(String(url), { headers: { range: "bytes=10-19" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    const head = await fetch(String(url), { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(bytes.length)]);
    const beyond = await fetch(String(url), { headers: { range: `bytes=${bytes.length}-` } });
    expect(beyond.status).toBe(416);
    const tampered = String(url).replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    expect((await fetch(tampered)).status).toBe(404);
    expect((await fetch(String(url).split("?")[0] ?? "")).status).toBe(404);
  });

  it("goes out with its caption and name, and above the body of buttons", async () => {
    const { bytes, seen } = await sendFile("document");
    const file = { media_id: seen.media?.id, filename: "invoice.pdf" };
    const alone = await chat.send("send_media", { type: "document", ...file, caption: "Yours" });
    expect(alone.arrived.content).toMatchObject({ caption: "Yours", filename: "invoice.pdf" });
    const above = await chat.send("send_interactive", {
      type: "buttons",
      header: { type: "document", ...file },
      body: "Is it right?",
      buttons: [{ id: "yes", title: "Yes" }],
    });
    expect(above.arrived.media?.sha256).toBe(sha256(bytes));
  });

  it("is shown to a model that asks for it", async () => {
    const { bytes, seen } = await sendFile("image");
    const { content } = await chat.client.callTool({
      name: "get_media_url",
      arguments: { message_id: seen.id, inline: true },
    });
    const blocks = content as { type: string; data?: string }[];
    expect(blocks.map(({ type }) => type)).toEqual(["text", "resource_link", "image"]);
    expect(sha256(Buffer.from(blocks[2]?.data ?? "", "base64"))).toBe(sha256(bytes));
  });
});

describe("a question, on the built server", () => {
  it("with buttons is answered with the one that was pressed", async () => {
    const { id, arrived } = await chat.send("send_interactive", {
      type: "buttons",
      header: { type: "text", text: "Order 7" },
      body: "Send it?",
      footer: "Until noon",
      buttons: [
        { id: "yes-7", title: "Yes" },
        { id: "no-7", title: "No" },
      ],
    });
    const pressed = await chat.stack.phones.answerMessage(PERSON, { wamid: arrived.wamid, choice: "Yes" });
    const seen = await chat.hear(pressed);
    expect(seen.reply_to).toBe(id);
    expect(seen.untrusted_content).toMatchObject({ interactive: { id: "yes-7", title: "Yes" } });
  });

  it("with a list is answered with the row that was chosen", async () => {
    const rows = [
      { id: "small", title: "Small", description: "Fits a letter box" },
      { id: "large", title: "Large" },
    ];
    const { id, arrived } = await chat.send("send_interactive", {
      type: "list",
      body: "Which one?",
      button: "Sizes",
      sections: [{ title: "Parcels", rows }],
    });
    const chosen = await chat.stack.phones.answerMessage(PERSON, { wamid: arrived.wamid, choice: "small" });
    const seen = await chat.hear(chosen);
    expect(seen.reply_to).toBe(id);
    expect(seen.untrusted_content).toMatchObject({ interactive: rows[0] });
  });

  it("for the location is answered with it", async () => {
    const { id, arrived } = await chat.send("send_interactive", {
      type: "location_request",
      body: "Where to?",
    });
    const location = { latitude: 52.5, longitude: 13.4, name: "Home" };
    const seen = await chat.hear(
      await chat.stack.phones.answerMessage(PERSON, { wamid: arrived.wamid, location }),
    );
    expect(seen).toMatchObject({ type: "location", reply_to: id, untrusted_content: { location } });
  });

  it("for the contact is answered with the person's own card", async () => {
    const { id, arrived } = await chat.send("send_interactive", {
      type: "contact_info_request",
      body: "Your number?",
    });
    const seen = await chat.hear(await chat.stack.phones.answerMessage(PERSON, { wamid: arrived.wamid }));
    expect(seen).toMatchObject({ type: "contacts", reply_to: id });
    expect(JSON.stringify(seen.untrusted_content)).toContain(PERSON);
  });

  it("may be a link", async () => {
    const link = { type: "cta_url", body: "Pay here", button: "Pay", url: "https://example.com/pay" };
    const { arrived } = await chat.send("send_interactive", link);
    expect(arrived.content).toMatchObject({
      action: { parameters: { display_text: "Pay", url: "https://example.com/pay" } },
    });
  });
});

describe("everything else that people send, on the built server", () => {
  it("a location, both ways", async () => {
    const place = { latitude: 37.4847, longitude: -122.1484, name: "Office", address: "1 Way" };
    const { arrived } = await chat.send("send_location", place);
    expect(arrived.content).toMatchObject({ name: "Office", address: "1 Way", latitude: "37.484700" });
    const sent = await chat.stack.phones.sendFromPerson(PERSON, { type: "location", location: place });
    expect((await chat.hear(sent)).untrusted_content).toMatchObject({ location: place });
  });

  it("a card, both ways", async () => {
    const contacts = [
      { name: { formatted_name: "Bo Lind", first_name: "Bo" }, phones: [{ phone: "+4912345" }] },
    ];
    const { arrived } = await chat.send("send_contacts", { contacts });
    expect(arrived.content).toMatchObject(contacts);
    const seen = await chat.hear(
      await chat.stack.phones.sendFromPerson(PERSON, { type: "contacts", contacts }),
    );
    expect(JSON.stringify(seen.untrusted_content)).toContain("Bo Lind");
  });

  it("a reaction and its end, both ways", async () => {
    const { phones } = chat.stack;
    const asked = await phones.sendFromPerson(PERSON, { type: "text", text: { body: "Good?" } });
    const seen = await chat.hear(asked);
    for (const emoji of ["\u{1F44D}", ""]) {
      const { arrived } = await chat.send("send_reaction", { message_id: seen.id, emoji });
      expect(arrived.content).toMatchObject({ message_id: asked.wamid, emoji });
    }
    const ours = await chat.send("send_message", { body: "Very." });
    const liked = await chat.hear(
      await phones.reactFromPerson(PERSON, { wamid: ours.arrived.wamid, emoji: "❤️" }),
    );
    expect(liked).toMatchObject({ reply_to: ours.id, untrusted_content: { reaction: { emoji: "❤️" } } });
    const taken = await chat.hear(await phones.reactFromPerson(PERSON, { wamid: ours.arrived.wamid }));
    expect(taken).toMatchObject({ reply_to: ours.id, untrusted_content: { reaction: { removed: true } } });
  });

  it("a text that quotes, both ways, with a preview of its link", async () => {
    const { phones } = chat.stack;
    const asked = await phones.sendFromPerson(PERSON, { type: "text", text: { body: "Where?" } });
    const { id: reply_to } = await chat.hear(asked);
    const body = "https://example.com/map";
    const { id, arrived } = await chat.send("send_message", { body, reply_to, preview_url: true });
    expect(arrived).toMatchObject({ reply_to: asked.wamid, content: { body, preview_url: true } });
    const text = { type: "text" as const, text: { body: "Thanks" }, reply_to: arrived.wamid };
    expect((await chat.hear(await phones.sendFromPerson(PERSON, text))).reply_to).toBe(id);
  });

  it("a template, and the button of it that was pressed", async () => {
    const { phones } = chat.stack;
    await phones.putTemplate({
      name: "order_shipped",
      language: "en",
      components: [
        { type: "BODY", text: "Order {{1}} is on its way.", example: { body_text: [["7"]] } },
        { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Thanks" }] },
      ],
    });
    // Meta tells that it changed, and then it is listed.
    await until("the template", 20_000, async () => {
      const { templates } = await chat.call("list_templates", { name: "order_shipped" });
      return (templates as unknown[]).length > 0 ? true : undefined;
    });
    const { id, arrived } = await chat.send("send_template", {
      name: "order_shipped",
      language: "en",
      body: ["7"],
    });
    expect(arrived.template).toMatchObject({ body: "Order 7 is on its way." });
    const pressed = await phones.answerMessage(PERSON, { wamid: arrived.wamid, choice: "Thanks" });
    const seen = await chat.hear(pressed);
    expect(seen).toMatchObject({ type: "button", reply_to: id });
  });

  it("blue ticks for what was read, and that somebody types", async () => {
    const { phones } = chat.stack;
    const asked = await phones.sendFromPerson(PERSON, { type: "text", text: { body: "Still there?" } });
    const { conversation_id } = await chat.hear(asked);
    const before = await chat.call("get_conversation", { conversation_id });
    expect(before.unread).not.toBe(0);
    const hearsTyping = await listenForTyping();
    expect(await chat.call("mark_read", { conversation_id, typing: true })).toMatchObject({
      unread: 0,
      receipt: true,
    });
    await until("the blue ticks", 20_000, async () => {
      const message = (await phones.listMessages(PERSON)).find(({ wamid }) => wamid === asked.wamid);
      return message?.status === "read" ? true : undefined;
    });
    expect(await chat.call("get_conversation", { conversation_id })).toMatchObject({ unread: 0 });
    expect(await hearsTyping()).toContain(PERSON);
  });

  it("is found again by its words, and listed by whom it is with", async () => {
    const body = "Das Päckchen liegt beim Nachbarn";
    const asked = await chat.stack.phones.sendFromPerson(PERSON, { type: "text", text: { body } });
    const { id, conversation_id } = await chat.hear(asked);
    const found = await chat.call("search_messages", { query: "packchen NACHBAR" });
    expect((found.messages as { id: string }[]).map((message) => message.id)).toEqual([id]);
    const listed = await chat.call("list_conversations", {});
    expect(listed.conversations).toMatchObject([
      { conversation_id, last_message: { id }, untrusted_name: "Ada" },
    ]);
  });
});

describe("the 24-hour window, on the built server", () => {
  it("is told with every send, and refuses before Meta does what only a template may do", async () => {
    const { phones } = chat.stack;
    const { window } = await chat.call("send_message", { to: `+${PERSON}`, body: "In time" });
    expect(window).toMatchObject({ open: true });
    const stranger = "16505559876";
    const before = (await phones.arrivals({})).total;
    const refused = await chat.client.callTool({
      name: "send_location",
      arguments: { to: `+${stranger}`, latitude: 1, longitude: 2 },
    });
    expect(refused.structuredContent).toMatchObject({ error: { code: "window_closed" } });
    expect(JSON.stringify(refused.structuredContent)).toContain("hello_world");
    await chat.send("send_template", { to: `+${stranger}`, name: "hello_world", language: "en_US" });
    // Of the refused one nothing arrived, and what was queued before it did.
    await until("both arrivals", 20_000, async () =>
      (await phones.arrivals({})).total >= before + 1 ? true : undefined,
    );
    expect((await phones.arrivals({ wa_id: stranger })).total).toBe(1);
  });
});
