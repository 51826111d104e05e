import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createControlClient } from "#simulator/control/create-control-client";
import {
  ACCESS_TOKEN,
  expectedSignature,
  NUMBER,
  OTHER_NUMBER,
  PERSON,
  textTo,
  useStage,
  VERIFY_TOKEN,
} from "./setup";

const stage = useStage();

const text = (body: string) => ({ type: "text", text: { body } });

describe("a person's message", () => {
  it("reaches the business in Meta's envelope", async () => {
    await stage.simulator.putContact({ wa_id: PERSON, name: "Ann", user_id: "US.1234567890" });
    const { wamid } = await stage.simulator.sendFromPerson(PERSON, text("hello \u{1F600}"));
    await expect
      .poll(() => stage.values())
      .toEqual([
        {
          messaging_product: "whatsapp",
          metadata: { display_phone_number: "15550783881", phone_number_id: NUMBER },
          contacts: [{ profile: { name: "Ann" }, wa_id: PERSON, user_id: "US.1234567890" }],
          messages: [
            {
              from: PERSON,
              from_user_id: "US.1234567890",
              id: wamid,
              timestamp: expect.stringMatching(/^\d{10}$/) as unknown,
              type: "text",
              text: { body: "hello \u{1F600}" },
            },
          ],
        },
      ]);
    const [received] = stage.receiver.received;
    expect(received?.body).toContain(String.raw`\ud83d\ude00`);
    expect(received?.headers["x-hub-signature-256"]).toBe(expectedSignature(received!));
  });

  it("carries no phone number when the person hides it, and no ids of the new era when they are off", async () => {
    await stage.simulator.putContact({ wa_id: PERSON, name: "Ann", username: "ann", phone_hidden: true });
    await stage.simulator.sendFromPerson(PERSON, text("hidden"));
    await expect.poll(() => stage.messages().length).toBe(1);
    expect(stage.messages()[0]).not.toHaveProperty("from");
    expect(stage.values()[0]?.contacts?.[0]).not.toHaveProperty("wa_id");
    await stage.simulator.configure({ include_user_ids: false });
    await stage.simulator.putContact({ wa_id: PERSON, phone_hidden: false });
    await stage.simulator.sendFromPerson(PERSON, text("old"));
    await expect.poll(() => stage.messages().length).toBe(2);
    expect(stage.messages()[1]).toHaveProperty("from", PERSON);
    expect(stage.messages()[1]).not.toHaveProperty("from_user_id");
    expect(stage.values()[1]?.contacts).toEqual([{ profile: { name: "Ann" }, wa_id: PERSON }]);
  });

  it("quotes, and says whose message is quoted", async () => {
    const ours = await stage.sendText("question");
    const { wamid: theirs } = await stage.simulator.sendFromPerson(PERSON, {
      ...text("answer"),
      reply_to: ours,
    });
    await stage.simulator.sendFromPerson(PERSON, { ...text("and"), reply_to: theirs });
    await expect.poll(() => stage.messages().length).toBe(2);
    const contexts = stage.messages().map(({ context }) => context);
    expect(contexts).toContainEqual({ from: "15550783881", id: ours });
    expect(contexts).toContainEqual({ from: PERSON, id: theirs });
  });

  it("may be of any type, to any number", async () => {
    const button = { type: "button", button: { text: "Yes", payload: "yes" } };
    await stage.simulator.sendFromPerson(PERSON, { ...button, phone_number_id: OTHER_NUMBER });
    await expect.poll(() => stage.messages()[0]).toMatchObject(button);
    expect(stage.values()[0]?.metadata).toEqual({
      display_phone_number: "919812345678",
      phone_number_id: OTHER_NUMBER,
    });
    expect(stage.messages()[0]).not.toHaveProperty("phone_number_id");
  });

  it("has two ticks once the business's webhook answered 200, and not before", async () => {
    stage.receiver.answerWith = () => 503;
    await stage.simulator.sendFromPerson(PERSON, text("hi"));
    await expect.poll(() => stage.receiver.received.length).toBeGreaterThan(1);
    const status = async () => (await stage.simulator.listMessages(PERSON))[0]?.status;
    expect(await status()).toBe("sent");
    stage.receiver.answerWith = () => 200;
    await expect.poll(status).toBe("delivered");
  });
});

describe("webhook retries", () => {
  it("deliver everything after the receiver was down, each once acknowledged", async () => {
    await stage.receiver.stop();
    const sent = await Promise.all(
      Array.from({ length: 30 }, (_, index) => stage.simulator.sendFromPerson(PERSON, text(`m${index}`))),
    );
    const attempts = async () =>
      (await stage.simulator.webhooks()).deliveries.map((delivery) => delivery.attempts);
    await expect.poll(async () => Math.max(...(await attempts()))).toBeGreaterThan(3);
    // Only one delivery probes while nobody answers.
    expect((await attempts()).filter((count) => count > 2).length).toBeLessThan(3);
    expect((await stage.simulator.webhooks()).pending).toBe(30);
    await stage.receiver.start();
    await expect.poll(async () => (await stage.simulator.webhooks()).pending, { timeout: 10_000 }).toBe(0);
    const got = stage.messages().map(({ id }) => id);
    expect(new Set(got)).toEqual(new Set(sent.map(({ wamid }) => wamid)));
    expect(got).toHaveLength(30);
  });

  it("repeat a refused webhook and show the attempts in the log", async () => {
    let refusals = 3;
    stage.receiver.answerWith = () => (refusals-- > 0 ? 500 : 200);
    const { wamid } = await stage.simulator.sendFromPerson(PERSON, text("hi"));
    await expect
      .poll(async () => (await stage.simulator.webhooks({ wamid })).deliveries[0])
      .toMatchObject({
        state: "delivered",
        attempts: 4,
        last_attempts: [{ status: 500 }, {}, {}, { status: 200 }],
      });
    expect(new Set(stage.receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  it("take another success than 200, and silence, for a refusal", async () => {
    await stage.simulator.configure({ webhook_timeout_ms: 1_000 });
    const answers = [204, undefined, 200];
    stage.receiver.answerWith = () => answers.shift();
    await stage.simulator.sendFromPerson(PERSON, text("hi"));
    await expect
      .poll(async () => (await stage.simulator.webhooks()).deliveries[0], { timeout: 10_000 })
      .toMatchObject({
        state: "delivered",
        last_attempts: [{ status: 204 }, { error: "timeout" }, { status: 200 }],
      });
  });

  it("drop what is older than the horizon", async () => {
    await stage.simulator.configure({ retry_horizon_ms: 50 });
    stage.receiver.answerWith = () => 500;
    await stage.simulator.sendFromPerson(PERSON, text("hi"));
    await expect
      .poll(async () => (await stage.simulator.webhooks()).deliveries[0]?.state, { timeout: 10_000 })
      .toBe("dropped");
  });
});

describe("raw webhooks and the handshake", () => {
  it("signs a body of the caller's own making", async () => {
    const raw = '{ "object":"whatsapp_business_account", "entry":[], "odd": "\u00e9/@" }';
    await stage.simulator.sendRawWebhook({ raw });
    await stage.simulator.sendRawWebhook({ body: { entry: [], odd: "\u00e9/@" } });
    await expect.poll(() => stage.receiver.received.length).toBe(2);
    const bodies = stage.receiver.received.map(({ body }) => body);
    expect(bodies).toContain(raw);
    expect(bodies).toContain(String.raw`{"entry":[],"odd":"\u00e9\/\u0040"}`);
    for (const received of stage.receiver.received) {
      expect(received.headers["x-hub-signature-256"]).toBe(expectedSignature(received));
    }
  });

  it("shakes hands as Meta does and tells how it went", async () => {
    expect(await stage.simulator.verifyWebhook()).toEqual({ ok: true, status: 200 });
    await stage.simulator.configure({ webhook_url: "http://127.0.0.1:1/nothing" });
    expect(await stage.simulator.verifyWebhook()).toMatchObject({ ok: false });
  });

  it("never shows a secret", async () => {
    const shown = JSON.stringify(await stage.simulator.state());
    for (const secret of [ACCESS_TOKEN, VERIFY_TOKEN, "app-secret"]) expect(shown).not.toContain(secret);
  });
});

describe("the control API over HTTP", () => {
  it("does what the methods in the same process do", async () => {
    const control = createControlClient(stage.simulator.url);
    const ann = await control.putContact({ wa_id: `+${PERSON}`, name: "Ann" });
    expect(ann).toMatchObject({ wa_id: PERSON, name: "Ann", registered: true });
    const { wamid } = await control.sendFromPerson(PERSON, text("hi"));
    await stage.sendText("hello", { biz_opaque_callback_data: "job 1/\u00e9" });
    expect(await control.arrivals({ biz_opaque_callback_data: "job 1/\u00e9" })).toMatchObject({ total: 1 });
    expect(await control.arrivals({ biz_opaque_callback_data: "other" })).toMatchObject({
      total: 0,
      messages: [],
    });
    await control.setChatOpen(ann.user_id, true);
    await control.markRead(PERSON);
    await expect
      .poll(async () => (await control.listMessages(PERSON, NUMBER)).map((message) => message.status))
      .toEqual(["delivered", "read"]);
    expect((await control.listContacts())[0]?.chats[0]).toMatchObject({ open: true, unread: 0 });
    expect(await control.verifyWebhook()).toEqual({ ok: true, status: 200 });
    expect((await control.webhooks({ wamid })).deliveries).toHaveLength(1);
    const fault = await control.addFault({ kind: "hold" });
    expect(await control.listFaults()).toEqual([fault]);
    expect(await control.removeFaults(fault.id)).toEqual({ removed: 1 });
    expect(await control.releaseWebhooks()).toEqual({ released: 0 });
    await control.retryWebhooks();
    expect((await control.configure({ auto_read: true })).settings.auto_read).toBe(true);
    await control.sendRawWebhook({ raw: "{}" });
    await control.setWindow(PERSON, true);
    await control.reset();
    expect((await control.state()).counts).toMatchObject({ contacts: 0, arrivals: 0 });
  });

  it("says what is wrong with a call", async () => {
    const control = createControlClient(stage.simulator.url);
    await expect(control.addFault({ kind: "flood" } as never)).rejects.toThrow(/400.*kind/);
    await expect(control.configure({ sped: 1 } as never)).rejects.toThrow(/400.*sped/);
    await expect(control.listMessages("19995550000")).rejects.toThrow(/404/);
    await expect(control.sendFromPerson("nobody", text("hi"))).rejects.toThrow(/404/);
    await expect(control.sendFromPerson(PERSON, { ...text("hi"), phone_number_id: "1" })).rejects.toThrow(
      /404/,
    );
    await expect(control.putContact({ wa_id: "12" })).rejects.toThrow(/400.*wa_id/);
  });

  it("answers only this machine's own pages", async () => {
    const foreign = { headers: { origin: "https://example.com" } };
    expect((await stage.get("/control/state", foreign)).status).toBe(403);
    expect((await stage.get("/control/events", foreign)).status).toBe(403);
    expect((await stage.get("/control/state", { headers: { origin: stage.simulator.url } })).status).toBe(
      200,
    );
  });

  it("streams what happens", async () => {
    const controller = new AbortController();
    const answer = await fetch(`${stage.simulator.url}/control/events`, { signal: controller.signal });
    const types: string[] = [];
    const reading = (async () => {
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
        for (const [, json] of chunk.matchAll(/^data: (.*)$/gm))
          types.push((JSON.parse(json!) as { type: string }).type);
      }
    })().catch(() => undefined);
    await stage.simulator.sendFromPerson(PERSON, text("hi"));
    await stage.post(textTo(`+${PERSON}`, "hello"));
    await expect.poll(() => types.filter((type) => type === "message.added").length).toBe(2);
    await expect.poll(() => types.filter((type) => type === "message.status").length).toBe(3);
    controller.abort();
    await reading;
  });
});

describe("the event stream", () => {
  const listeners = async () => (await stage.simulator.state()).counts.listeners;

  it("notices a reader that leaves", async () => {
    await expect.poll(listeners).toBe(0);
    const controller = new AbortController();
    await fetch(`${stage.simulator.url}/control/events`, { signal: controller.signal });
    await expect.poll(listeners).toBe(1);
    controller.abort();
    await expect.poll(listeners).toBe(0);
  });

  it("drops a reader that does not keep up", async () => {
    const { port } = stage.simulator;
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.pause();
    socket.write(`GET /control/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    await expect.poll(listeners).toBe(1);
    const long = "x".repeat(100_000);
    for (let index = 0; index < 200; index += 1) await stage.simulator.sendFromPerson(PERSON, text(long));
    await expect.poll(listeners).toBe(0);
    socket.destroy();
  });
});

describe("the page", () => {
  it("comes with a strict policy and only from its own folder", async () => {
    const page = await stage.get("/");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    expect(await page.text()).not.toMatch(/https?:\/\//);
    expect((await stage.get("/page/..%2fmain.ts")).status).not.toBe(200);
    expect(await (await stage.get("/health")).json()).toEqual({ status: "ok" });
  });
});
