import { describe, expect, it } from "vitest";
import { expectedSignature, NUMBER, PERSON, textTo, useStage, valuesOf, WABA } from "./setup";

const stage = useStage();

const DATA = { biz_opaque_callback_data: "job-1" };
const send = () => stage.post(textTo(`+${PERSON}`, "hi", DATA));
const arrived = async () => (await stage.simulator.arrivals(DATA)).total;
const say = (body: string) => stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body } });
const texts = () => stage.messages().map(({ text }) => (text as { body: string } | undefined)?.body);

describe("faults on the way in", () => {
  it("drop_response_after_accept: the message is there, the answer is not", async () => {
    await stage.simulator.addFault({ kind: "drop_response_after_accept" });
    await expect(send()).rejects.toThrow("fetch failed");
    expect(await arrived()).toBe(1);
    await expect
      .poll(() => stage.statuses().map((status) => status.biz_opaque_callback_data))
      .toEqual(["job-1", "job-1"]);
    expect((await send()).status).toBe(200);
  });

  it.each(["reset_before_accept", "reset_during_request"] as const)(
    "%s: nothing was accepted",
    async (kind) => {
      await stage.simulator.addFault({ kind });
      await expect(send()).rejects.toThrow("fetch failed");
      expect(await arrived()).toBe(0);
      expect((await send()).status).toBe(200);
    },
  );

  it("accept_and_hang: accepted, silent, then cut", async () => {
    await stage.simulator.addFault({ kind: "accept_and_hang", ms: 150 });
    const startedAt = performance.now();
    await expect(send()).rejects.toThrow("fetch failed");
    expect(performance.now() - startedAt).toBeGreaterThan(100);
    expect(await arrived()).toBe(1);
  });

  it("slow_response: late, and the message comes even when the caller gave up", async () => {
    await stage.simulator.addFault({ kind: "slow_response", ms: 1_000 });
    const caller = new AbortController();
    const headers = { authorization: "Bearer EAAtest", "content-type": "application/json" };
    const body = JSON.stringify(textTo(`+${PERSON}`, "hi", DATA));
    const call = stage.get(`/v23.0/${NUMBER}/messages`, {
      method: "POST",
      headers,
      body,
      signal: caller.signal,
    });
    // Who gives up before the request is there takes the message back.
    await expect.poll(async () => (await stage.simulator.listFaults())[0]?.hits).toBe(1);
    caller.abort();
    await expect(call).rejects.toThrow("aborted");
    expect(await arrived()).toBe(0);
    await expect.poll(arrived, { timeout: 10_000 }).toBe(1);
  });

  it.each([
    ["http_500_html", 500],
    ["http_502_html", 502],
  ] as const)("%s: an HTML page, before or after accepting", async (kind, status) => {
    await stage.simulator.addFault({ kind });
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(await arrived()).toBe(0);
    await stage.simulator.addFault({ kind, after_accept: true });
    expect((await send()).status).toBe(status);
    expect(await arrived()).toBe(1);
  });

  it.each([
    [130429, 400],
    [131056, 400],
    [131000, 500],
    [131016, 500],
    [190, 401],
    [2, 503],
  ])("graph_error %i: Meta's body with HTTP %i", async (code, status) => {
    await stage.simulator.addFault({ kind: "graph_error", code, details: "asked for" });
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error: {
        code,
        type: "OAuthException",
        error_data: { messaging_product: "whatsapp", details: "asked for" },
        fbtrace_id: answer.headers.get("x-fb-trace-id"),
      },
    });
    expect(await arrived()).toBe(0);
  });

  it("graph_error after accepting: an ambiguous answer", async () => {
    await stage.simulator.addFault({
      kind: "graph_error",
      code: 131000,
      after_accept: true,
      http_status: 503,
    });
    expect((await send()).status).toBe(503);
    expect(await arrived()).toBe(1);
  });

  it("expired_token: 190 with the subcode of an ended session, on any call if asked", async () => {
    await stage.simulator.addFault({ kind: "expired_token", on: "any", count: 3 });
    const calls = [
      await send(),
      await stage.get(`/v23.0/${NUMBER}`),
      await stage.get(`/v23.0/${WABA}/phone_numbers`),
    ];
    for (const answer of calls) {
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: { code: 190, error_subcode: 463 } });
    }
    expect((await send()).status).toBe(200);
  });

  it("status_before_response: the webhook is answered before the send is", async () => {
    // Without the fault nothing would be said for a minute.
    await stage.simulator.configure({ speed: 1, sent_delay_ms: 60_000 });
    await stage.simulator.addFault({ kind: "status_before_response" });
    let statusesSeen = 0;
    stage.receiver.answerWith = (received) => {
      statusesSeen += valuesOf(received).flatMap(({ statuses }) => statuses ?? []).length;
      return 200;
    };
    const answer = await send();
    // The next status may be there as well when the answer is late.
    expect(statusesSeen).toBeGreaterThanOrEqual(1);
    expect(answer.status).toBe(200);
    await expect.poll(() => stage.statuses().map(({ status }) => status)).toEqual(["sent", "delivered"]);
  });

  it("strikes only the person it is meant for", async () => {
    await stage.simulator.addFault({ kind: "http_500_html", wa_id: "16505550000" });
    expect((await send()).status).toBe(200);
    expect((await stage.post(textTo("+16505550000", "hi"))).status).toBe(500);
  });
});

describe("faults on the way out", () => {
  it("duplicate: the same bytes twice", async () => {
    await stage.simulator.addFault({ kind: "duplicate", about: "messages" });
    await say("one");
    await expect.poll(() => stage.receiver.received.length).toBe(2);
    expect(stage.receiver.received[0]?.body).toBe(stage.receiver.received[1]?.body);
  });

  it("reorder: the last one first", async () => {
    await stage.simulator.addFault({ kind: "reorder", size: 3 });
    for (const body of ["one", "two", "three", "four"]) await say(body);
    await expect.poll(() => texts().filter((text) => text !== "four")).toEqual(["three", "two", "one"]);
  });

  it.each(["changes", "entries", "merged"] as const)(
    "batch: several updates in one body, as %s",
    async (shape) => {
      await stage.simulator.addFault({ kind: "batch", size: 3, shape });
      for (const body of ["one", "two", "three"]) await say(body);
      await expect.poll(texts).toEqual(["one", "two", "three"]);
      expect(stage.receiver.received).toHaveLength(1);
    },
  );

  it("batch: goes out after its wait even when it is not full", async () => {
    await stage.simulator.addFault({ kind: "batch", size: 100, ms: 100 });
    await say("one");
    await say("two");
    await expect.poll(() => stage.receiver.received.length).toBe(1);
    expect(texts()).toEqual(["one", "two"]);
  });

  it("delay: later than the next one", async () => {
    await stage.simulator.addFault({ kind: "delay", ms: 100 });
    await say("one");
    await say("two");
    await expect.poll(texts).toEqual(["two", "one"]);
  });

  it("hold: nothing until released, then everything", async () => {
    await stage.simulator.addFault({ kind: "hold", about: "statuses" });
    await send();
    await say("not held");
    await expect.poll(async () => (await stage.simulator.webhooks()).held).toBe(2);
    await expect.poll(texts).toEqual(["not held"]);
    expect(stage.statuses()).toHaveLength(0);
    expect(await stage.simulator.releaseWebhooks()).toEqual({ released: 2 });
    await expect.poll(() => stage.statuses().length).toBe(2);
  });

  it("hold: withdrawing the fault releases as well", async () => {
    await stage.simulator.addFault({ kind: "hold" });
    await say("one");
    expect(await stage.simulator.removeFaults()).toEqual({ removed: 1 });
    await expect.poll(texts).toEqual(["one"]);
  });

  it("ghost_unsupported: unsupported first, then the same id for what it is", async () => {
    await stage.simulator.addFault({ kind: "ghost_unsupported" });
    const { wamid } = await say("real");
    await expect.poll(() => stage.messages().length).toBe(2);
    expect(stage.messages()).toMatchObject([
      { id: wamid, type: "unsupported", errors: [{ code: 131060 }] },
      { id: wamid, type: "text", text: { body: "real" } },
    ]);
  });

  it("bad_signature: wrong once; refused, the webhook comes again with the right one", async () => {
    await stage.simulator.addFault({ kind: "bad_signature" });
    stage.receiver.answerWith = (received) =>
      received.headers["x-hub-signature-256"] === expectedSignature(received) ? 200 : 404;
    await say("one");
    await expect.poll(() => stage.receiver.received.length).toBe(2);
    await expect
      .poll(async () => (await stage.simulator.webhooks()).deliveries[0])
      .toMatchObject({
        state: "delivered",
        last_attempts: [{ status: 404, bad_signature: true }, { status: 200 }],
      });
  });
});
