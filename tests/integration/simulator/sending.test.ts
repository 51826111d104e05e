import { describe, expect, it } from "vitest";
import { expectedSignature, NUMBER, OTHER_NUMBER, PERSON, textTo, useStage, WABA } from "./setup";

const stage = useStage();

interface ErrorBody {
  error: {
    message: string;
    type: string;
    code: number;
    error_subcode?: number;
    error_data?: { details: string };
  };
}

async function errorOf(
  answer: Response,
): Promise<{ status: number; code: number; subcode: number | undefined }> {
  const { error } = (await answer.json()) as ErrorBody;
  return { status: answer.status, code: error.code, subcode: error.error_subcode };
}

describe("POST messages", () => {
  it("answers as Meta does, and the message is on the phone once", async () => {
    const answer = await stage.post(textTo(`+${PERSON}`, "hi", { biz_opaque_callback_data: "job-1" }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("facebook-api-version")).toBe("v23.0");
    expect(answer.headers.get("x-fb-trace-id")).toBeTruthy();
    expect(answer.headers.get("x-fb-request-id")).toBeTruthy();
    expect(await answer.json()).toEqual({
      messaging_product: "whatsapp",
      contacts: [{ input: `+${PERSON}`, wa_id: PERSON }],
      messages: [{ id: expect.stringMatching(/^wamid\./) as unknown }],
    });
    const arrivals = await stage.simulator.arrivals();
    expect(arrivals).toMatchObject({ total: 1, by_biz_opaque_callback_data: { "job-1": 1 }, doubled: [] });
    expect(arrivals.messages[0]).toMatchObject({ wa_id: PERSON, text: "hi", arrivals: 1 });
  });

  it("reports sent and delivered with signed, escaped webhooks that carry our data", async () => {
    const wamid = await stage.sendText("h\u00e9 @/", { biz_opaque_callback_data: "job-\u00e9@/1" });
    await expect.poll(() => stage.statuses().map(({ status }) => status)).toEqual(["sent", "delivered"]);
    for (const received of stage.receiver.received) {
      expect(received.headers["x-hub-signature-256"]).toBe(expectedSignature(received));
      expect(received.headers["content-type"]).toBe("application/json");
      expect(received.body).toContain(String.raw`"biz_opaque_callback_data":"job-\u00e9\u0040\/1"`);
    }
    expect(stage.values()[0]?.metadata).toEqual({
      display_phone_number: "15550783881",
      phone_number_id: NUMBER,
    });
    expect(stage.statuses()[0]).toMatchObject({
      id: wamid,
      recipient_id: PERSON,
      timestamp: expect.stringMatching(/^\d{10}$/) as unknown,
      biz_opaque_callback_data: "job-\u00e9@/1",
      pricing: { billable: false, pricing_model: "PMP", category: "service" },
      conversation: { origin: { type: "service" }, expiration_timestamp: expect.any(String) as unknown },
    });
    const body = JSON.parse(stage.receiver.received[0]!.body) as { object: string; entry: { id: string }[] };
    expect(body).toMatchObject({ object: "whatsapp_business_account", entry: [{ id: WABA }] });
  });

  it("takes the same request twice as two messages", async () => {
    await stage.sendText("hi", { biz_opaque_callback_data: "job-1" });
    await stage.sendText("hi", { biz_opaque_callback_data: "job-1" });
    const arrivals = await stage.simulator.arrivals({ biz_opaque_callback_data: "job-1" });
    expect(arrivals.doubled).toEqual(["job-1"]);
    expect(arrivals.messages.map(({ arrivals: count }) => count)).toEqual([2, 2]);
  });

  it("reports read when the chat is open, or when it is opened later", async () => {
    const first = await stage.sendText("one");
    await expect.poll(() => stage.statuses().length).toBe(2);
    await stage.simulator.setChatOpen(PERSON, true);
    const second = await stage.sendText("two");
    const readOf = (wamid: string) =>
      stage.statuses().filter(({ id, status }) => id === wamid && status === "read");
    await expect.poll(() => [readOf(first).length, readOf(second).length]).toEqual([1, 1]);
    await stage.simulator.setChatOpen(PERSON, false);
    await stage.sendText("three");
    await expect.poll(() => stage.statuses().length).toBe(8);
    expect(stage.statuses().filter(({ status }) => status === "read")).toHaveLength(2);
  });

  it("refuses a missing and a wrong token", async () => {
    expect(await errorOf(await stage.post({}, { token: null }))).toMatchObject({ status: 401, code: 104 });
    const wrong = await stage.post({}, { token: "other" });
    expect(wrong.headers.get("www-authenticate")).toContain("invalid_token");
    expect(await errorOf(wrong)).toMatchObject({ status: 401, code: 190 });
  });

  it("refuses an unknown number, an unknown path and a strange version", async () => {
    const unknown = await stage.post(textTo(`+${PERSON}`, "hi"), { number: "1" });
    expect(await errorOf(unknown)).toEqual({ status: 400, code: 100, subcode: 33 });
    expect(await errorOf(await stage.get(`/v23.0/${NUMBER}/nothing`))).toMatchObject({
      status: 400,
      code: 2500,
    });
    expect(await errorOf(await stage.get(`/latest/${NUMBER}`))).toMatchObject({ status: 400, code: 2500 });
  });

  it("refuses what is not JSON, or too large", async () => {
    expect(await errorOf(await stage.post({}, { raw: "{" }))).toMatchObject({ status: 400, code: 100 });
    expect(await errorOf(await stage.post({}, { raw: "[]" }))).toMatchObject({ status: 400, code: 100 });
    expect(await errorOf(await stage.post({}, { raw: "" }))).toMatchObject({ status: 400, code: 100 });
    const large = await stage.post({}, { raw: " ".repeat(5 * 1024 * 1024) });
    expect(await errorOf(large)).toMatchObject({ status: 413, code: 100 });
  });

  it("refuses a send to nobody, to itself, and to nonsense", async () => {
    const text = { messaging_product: "whatsapp", type: "text", text: { body: "hi" } };
    expect(await errorOf(await stage.post(text))).toMatchObject({ code: 100 });
    expect(await errorOf(await stage.post(textTo("+15550783881", "hi")))).toMatchObject({ code: 131021 });
    expect(await errorOf(await stage.post(textTo("somebody", "hi")))).toMatchObject({ code: 131009 });
    expect((await stage.simulator.arrivals()).total).toBe(0);
  });

  it("takes a number without + for a local one and reaches somebody else", async () => {
    const answer = await stage.post(textTo(PERSON, "hi"), { number: OTHER_NUMBER });
    expect(await answer.json()).toMatchObject({ contacts: [{ input: PERSON, wa_id: `91${PERSON}` }] });
    await stage.simulator.configure({ prepend_country_code: false });
    const trusting = await stage.post(textTo(PERSON, "hi"), { number: OTHER_NUMBER });
    expect(await trusting.json()).toMatchObject({ contacts: [{ input: PERSON, wa_id: PERSON }] });
  });

  it("answers with the number Meta knows when another spelling was given", async () => {
    await stage.simulator.putContact({ wa_id: "5491155551234", name: "Ana", aliases: ["541155551234"] });
    const answer = await stage.post(textTo("+54 11 5555-1234", "hola"));
    expect(await answer.json()).toMatchObject({
      contacts: [{ input: "+54 11 5555-1234", wa_id: "5491155551234" }],
    });
  });

  it("reaches a person by user id, with and without a visible phone", async () => {
    const user = await stage.simulator.putContact({ wa_id: PERSON, username: "ann", phone_hidden: true });
    const body = { ...textTo("", "hi"), to: undefined, recipient: user.user_id };
    const answer = (await (await stage.post(body)).json()) as { contacts: unknown[] };
    expect(answer.contacts).toEqual([{ input: user.user_id, user_id: user.user_id }]);
    await expect.poll(() => stage.statuses().length).toBe(2);
    for (const status of stage.statuses()) {
      expect(status).toMatchObject({ recipient_user_id: user.user_id });
      expect(status).not.toHaveProperty("recipient_id");
    }
    expect(stage.values().map(({ contacts }) => contacts?.[0])).toEqual([
      { profile: { name: user.name }, user_id: user.user_id },
      { profile: { name: user.name, username: "ann" }, user_id: user.user_id },
    ]);
    expect(await errorOf(await stage.post({ ...body, recipient: "US.404" }))).toMatchObject({ code: 131009 });
    const both = (await (
      await stage.post(textTo(`+${PERSON}`, "hi", { recipient: user.user_id }))
    ).json()) as {
      contacts: unknown[];
    };
    expect(both.contacts).toEqual([{ input: `+${PERSON}`, wa_id: PERSON }]);
  });

  it("accepts a message to somebody who is not on WhatsApp and reports it failed", async () => {
    await stage.simulator.configure({ unregistered: [PERSON] });
    await stage.sendText("hi", { biz_opaque_callback_data: "job-1" });
    await expect.poll(() => stage.statuses().length).toBe(1);
    expect(stage.statuses()[0]).toMatchObject({
      status: "failed",
      recipient_id: PERSON,
      biz_opaque_callback_data: "job-1",
      errors: [{ code: 131026, error_data: { details: expect.any(String) as unknown } }],
    });
    expect(stage.statuses()[0]).not.toHaveProperty("recipient_user_id");
    expect(stage.values()[0]).not.toHaveProperty("contacts");
    expect((await stage.simulator.arrivals()).total).toBe(0);
    await stage.simulator.configure({ unregistered: [] });
    await stage.simulator.putContact({ wa_id: PERSON, fail_code: 131049 });
    await stage.sendText("hi");
    await expect.poll(() => stage.statuses()[1]).toMatchObject({ errors: [{ code: 131049 }] });
  });

  it("accepts the other types and refuses an unknown one", async () => {
    const types: Record<string, unknown> = {
      image: { link: "https://example.com/a.png", caption: "look" },
      location: { latitude: 1, longitude: 2 },
      contacts: [{ name: { formatted_name: "Ann", first_name: "Ann" } }],
      template: { name: "hello_world", language: { code: "en_US" } },
    };
    for (const [type, value] of Object.entries(types)) {
      const answer = await stage.post({
        messaging_product: "whatsapp",
        to: `+${PERSON}`,
        type,
        [type]: value,
      });
      expect(answer.status).toBe(200);
    }
    const body = { messaging_product: "whatsapp", to: `+${PERSON}`, type: "poll", poll: {} };
    expect(await errorOf(await stage.post(body))).toMatchObject({ status: 400, code: 131051 });
  });

  it("reports a reaction as sent only, and one to nothing as failed", async () => {
    const { wamid } = await stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body: "hi" } });
    const react = (target: string) =>
      stage.post({
        messaging_product: "whatsapp",
        to: `+${PERSON}`,
        type: "reaction",
        reaction: { message_id: target, emoji: "\u{1F44D}" },
      });
    await react(wamid);
    await react("wamid.none");
    await expect
      .poll(() =>
        stage
          .statuses()
          .map(({ status }) => status)
          .sort(),
      )
      .toEqual(["failed", "sent"]);
  });
});

describe("limits", () => {
  it("refuses the 46th message to one person with 131056", async () => {
    // No place is given back while the 45 are sent, however long that takes.
    await stage.simulator.configure({ pair_rate_interval_ms: 600_000 });
    for (let index = 0; index < 45; index += 1)
      expect((await stage.post(textTo(`+${PERSON}`, "x"))).status).toBe(200);
    expect(await errorOf(await stage.post(textTo(`+${PERSON}`, "x")))).toMatchObject({
      status: 400,
      code: 131056,
    });
    expect((await stage.post(textTo("+16505550000", "x"))).status).toBe(200);
    expect((await stage.simulator.arrivals()).total).toBe(46);
  });

  it("refuses more messages per second than the number may send with 130429", async () => {
    await stage.simulator.configure({ throughput_per_second: 1, pair_rate: false });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => stage.post(textTo(`+${PERSON}`, "x"))),
    );
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused.length).toBeGreaterThan(10);
    expect(await errorOf(refused[0]!)).toMatchObject({ code: 130429 });
  });

  it("refuses a text outside the window, at once or later, but takes a template", async () => {
    await stage.simulator.configure({ window: "sync" });
    const text = textTo(`+${PERSON}`, "hi");
    expect(await errorOf(await stage.post(text))).toMatchObject({ status: 400, code: 131047 });
    const template = { name: "hello_world", language: { code: "en_US" } };
    expect((await stage.post({ ...text, type: "template", template })).status).toBe(200);
    await stage.simulator.configure({ window: "late" });
    expect((await stage.post(text)).status).toBe(200);
    await expect
      .poll(() => stage.statuses().filter(({ status }) => status === "failed"))
      .toMatchObject([{ errors: [{ code: 131047 }] }]);
    await stage.simulator.configure({ window: "sync" });
    await stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body: "hello?" } });
    expect((await stage.post(text)).status).toBe(200);
    expect(await errorOf(await stage.post(text, { number: OTHER_NUMBER }))).toMatchObject({ code: 131047 });
    expect(await stage.simulator.setWindow(PERSON, false)).toEqual({ closes_at: null });
    expect(await errorOf(await stage.post(text))).toMatchObject({ code: 131047 });
  });
});

describe("marking as read", () => {
  it("marks the message and all earlier ones", async () => {
    for (const body of ["one", "two", "three"]) {
      await stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body } });
    }
    const [, second] = await stage.simulator.listMessages(PERSON);
    const body = { messaging_product: "whatsapp", status: "read", message_id: second!.wamid };
    const answer = await stage.post({ ...body, typing_indicator: { type: "text" } });
    expect(await answer.json()).toEqual({ success: true });
    const thread = await stage.simulator.listMessages(PERSON);
    expect(thread.map(({ status }) => status === "read")).toEqual([true, true, false]);
    expect(await errorOf(await stage.post({ ...body, message_id: "wamid.none" }))).toMatchObject({
      code: 131009,
    });
  });
});

describe("the account", () => {
  it("describes its numbers", async () => {
    const plain = await (await stage.get(`/v23.0/${NUMBER}`)).json();
    expect(plain).toEqual({
      id: NUMBER,
      display_phone_number: "+1 555-078-3881",
      verified_name: "Demo Business",
      quality_rating: "GREEN",
    });
    const some = await (await stage.get(`/v24.0/${NUMBER}?fields=status,throughput,nothing`)).json();
    expect(some).toEqual({ id: NUMBER, status: "CONNECTED", throughput: { level: "STANDARD" } });
    const list = (await (await stage.get(`/v23.0/${WABA}/phone_numbers`)).json()) as {
      data: { id: string }[];
    };
    expect(list.data.map(({ id }) => id)).toEqual([NUMBER, OTHER_NUMBER]);
  });

  it("tells whether a token is good", async () => {
    const good = await (await stage.get("/v23.0/debug_token?input_token=EAAtest")).json();
    expect(good).toMatchObject({ data: { is_valid: true, granular_scopes: [{ target_ids: [WABA] }, {}] } });
    const bad = await (await stage.get("/v23.0/debug_token?input_token=other")).json();
    expect(bad).toMatchObject({ data: { is_valid: false } });
  });

  it("tells what the settings say of a token, and refuses it past its time", async () => {
    const ask = (token: string) =>
      stage.get("/v23.0/debug_token?input_token=EAAtest", { headers: { authorization: `Bearer ${token}` } });
    const expiresAt = Math.floor(Date.now() / 1000) + 3600;
    await stage.simulator.configure({ token_scopes: ["public_profile"], token_expires_at: expiresAt });
    expect(await (await ask("EAAtest")).json()).toMatchObject({
      data: { is_valid: true, expires_at: expiresAt, scopes: ["public_profile"] },
    });
    await stage.simulator.advanceClock(3_600_000);
    expect(await errorOf(await ask("EAAtest"))).toMatchObject({ status: 401, code: 190 });
    await stage.simulator.configure({ token_expires_at: 0 });
    expect((await ask("EAAtest")).status).toBe(200);
  });

  it("sends no webhooks while no app is subscribed", async () => {
    const subscription = (method: string, body?: unknown) =>
      stage.get(`/v23.0/${WABA}/subscribed_apps`, {
        method,
        headers: { authorization: "Bearer EAAtest", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect(await (await subscription("GET")).json()).toMatchObject({
      data: [{ whatsapp_business_api_data: {} }],
    });
    expect(await (await subscription("DELETE")).json()).toEqual({ success: true });
    expect(await (await subscription("GET")).json()).toEqual({ data: [] });
    await stage.sendText("hi");
    await expect
      .poll(async () => (await stage.simulator.webhooks()).deliveries.map(({ state }) => state))
      .toEqual(["not_subscribed", "not_subscribed"]);
    const wrong = await subscription("POST", {
      override_callback_uri: stage.receiver.url,
      verify_token: "wrong",
    });
    expect(await errorOf(wrong)).toMatchObject({ status: 400, code: 100 });
    const right = await subscription("POST", {
      override_callback_uri: stage.receiver.url,
      verify_token: "verify-me",
    });
    expect(await right.json()).toEqual({ success: true });
    expect(stage.receiver.received).toHaveLength(0);
    await stage.sendText("hi again");
    await expect.poll(() => stage.statuses().length).toBe(2);
  });
});
