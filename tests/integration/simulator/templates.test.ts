import { describe, expect, it } from "vitest";
import { createControlClient } from "#simulator/control/create-control-client";
import { refusalOf, sendAs, sendId, uploadId } from "./files";
import { ACCESS_TOKEN, PERSON, useStage, WABA } from "./setup";

const stage = useStage();

const ORDER = {
  name: "order_update",
  language: "en",
  components: [
    { type: "BODY", text: "Hello {{1}}, your order {{2}} is on its way." },
    {
      type: "BUTTONS",
      buttons: [
        { type: "QUICK_REPLY", text: "Thanks" },
        { type: "QUICK_REPLY", text: "Stop" },
      ],
    },
  ],
};
const filled = (more: unknown[] = []) => ({
  name: "order_update",
  language: { code: "en" },
  components: [{ type: "body", parameters: ["Ann", "7"].map((text) => ({ type: "text", text })) }, ...more],
});

interface Page {
  data: { id: string; name: string; status: string }[];
  paging?: { cursors: { before: string; after: string }; next?: string; previous?: string };
}

const edge = `/v23.0/${WABA}/message_templates`;
const list = async (query = "") => (await (await stage.get(edge + query)).json()) as Page;
const names = ({ data }: Page) => data.map(({ name }) => name);
const call = (method: string, path: string, body?: unknown) =>
  stage.get(path, {
    method,
    headers: { authorization: `Bearer ${ACCESS_TOKEN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const changes = () =>
  stage.receiver.received.flatMap(({ body }) => {
    const { entry } = JSON.parse(body) as {
      entry: { time?: number; changes: { field: string; value: Record<string, unknown> }[] }[];
    };
    return entry.flatMap(({ time, changes: all }) => all.map((change) => ({ time, ...change })));
  });
const fieldsSeen = () => changes().map(({ field, value }) => [field, value.event ?? null]);

describe("GET message_templates", () => {
  it("knows the template every account has", async () => {
    const { data, paging } = await list();
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^\d{15}$/) as unknown,
        name: "hello_world",
        parameter_format: "POSITIONAL",
        components: expect.any(Array) as unknown,
        language: "en_US",
        status: "APPROVED",
        category: "UTILITY",
      },
    ]);
    expect(Object.keys(paging ?? {})).toEqual(["cursors"]);
    expect(await (await stage.get(`/v23.0/${data[0]!.id}?fields=name,quality_score`)).json()).toEqual({
      id: data[0]!.id,
      name: "hello_world",
      quality_score: { score: "UNKNOWN", date: 0 },
    });
  });

  it("gives pages, forwards and backwards", async () => {
    for (const index of [1, 2, 3, 4]) await stage.simulator.putTemplate({ ...ORDER, name: `t${index}` });
    const first = await list("?limit=2");
    expect(names(first)).toEqual(["hello_world", "t1"]);
    expect(first.paging?.previous).toBeUndefined();
    const second = await list(new URL(first.paging!.next!).search);
    expect(names(second)).toEqual(["t2", "t3"]);
    const last = await list(`?limit=2&after=${second.paging!.cursors.after}`);
    expect(names(last)).toEqual(["t4"]);
    expect(last.paging?.next).toBeUndefined();
    expect(names(await list(`?limit=2&before=${last.paging!.cursors.before}`))).toEqual(["t2", "t3"]);
    expect(await list(`?after=${last.paging!.cursors.after}`)).toEqual({ data: [] });
    expect(first.paging?.next).not.toContain("access_token");
  });

  it("filters", async () => {
    await stage.simulator.putTemplate({ ...ORDER, status: "PAUSED", quality_score: "RED" });
    await stage.simulator.putTemplate({ ...ORDER, language: "de", category: "MARKETING" });
    for (const [query, count] of [
      ["?status=APPROVED", 2],
      ["?status=PAUSED,APPROVED", 3],
      ['?status=["PAUSED"]', 1],
      ["?category=MARKETING", 1],
      ["?language=de", 1],
      ["?name=order", 2],
      ["?quality_score=RED", 1],
      ["?name=order&language=en&status=PAUSED", 1],
      ["?status=REJECTED", 0],
    ] as const) {
      expect((await list(query)).data, query).toHaveLength(count);
    }
  });

  it("refuses a wrong cursor, a wrong limit and another account", async () => {
    expect(await refusalOf(await stage.get(`${edge}?after=x`))).toEqual({ status: 400, code: 131059 });
    expect(await refusalOf(await stage.get(`${edge}?limit=0`))).toEqual({ status: 400, code: 100 });
    expect(await refusalOf(await stage.get("/v23.0/1/message_templates"))).toEqual({
      status: 400,
      code: 100,
    });
    expect(await refusalOf(await stage.get(edge, {}))).toEqual({ status: 401, code: 104 });
  });
});

describe("making and deleting templates through the Graph API", () => {
  it("makes one that is pending, then approved", async () => {
    const answer = await call("POST", edge, { ...ORDER, category: "UTILITY" });
    expect(await answer.json()).toEqual({
      id: expect.any(String) as unknown,
      status: "PENDING",
      category: "UTILITY",
    });
    await expect.poll(fieldsSeen).toEqual([
      ["message_template_status_update", "PENDING"],
      ["message_template_status_update", "APPROVED"],
    ]);
    expect((await sendAs(stage, "template", filled())).status).toBe(200);
    expect(await refusalOf(await call("POST", edge, { ...ORDER, category: "UTILITY" }))).toEqual({
      status: 400,
      code: 100,
    });
    expect(await refusalOf(await call("POST", edge, { ...ORDER, name: "x", category: "NEWS" }))).toEqual({
      status: 400,
      code: 100,
    });
    expect(await refusalOf(await call("POST", edge, { ...ORDER, name: "X", category: "UTILITY" }))).toEqual({
      status: 400,
      code: 100,
    });
  });

  it("leaves it pending when told so", async () => {
    await stage.simulator.configure({ template_auto_approve: false });
    await call("POST", edge, { ...ORDER, category: "UTILITY" });
    expect(await refusalOf(await sendAs(stage, "template", filled()))).toEqual({ status: 404, code: 132001 });
  });

  it("deletes all languages of a name, or one", async () => {
    const { id } = await stage.simulator.putTemplate(ORDER);
    await stage.simulator.putTemplate({ ...ORDER, language: "de" });
    expect(await (await call("DELETE", `${edge}?name=order_update&hsm_id=${id}`)).json()).toEqual({
      success: true,
    });
    expect((await list("?name=order")).data).toHaveLength(1);
    expect((await call("DELETE", `${edge}?name=order_update`)).status).toBe(200);
    expect((await list("?name=order")).data).toHaveLength(0);
    expect(await refusalOf(await call("DELETE", `${edge}?name=order_update`))).toEqual({
      status: 400,
      code: 100,
    });
  });
});

describe("what becomes of a template", () => {
  it("is told by webhooks in Meta's shape", async () => {
    const { id } = await stage.simulator.putTemplate(ORDER);
    await stage.simulator.putTemplate({
      name: ORDER.name,
      language: "en",
      status: "PAUSED",
      quality_score: "RED",
    });
    await stage.simulator.putTemplate({ name: ORDER.name, language: "en", category: "MARKETING" });
    await stage.simulator.putTemplate({ ...ORDER, components: [{ type: "BODY", text: "New" }] });
    await stage.simulator.putTemplate({
      ...ORDER,
      components: [{ type: "BODY", text: "New" }],
      status: "DISABLED",
    });
    await stage.simulator.putTemplate({
      name: ORDER.name,
      language: "en",
      status: "REJECTED",
      rejected_reason: "SCAM",
    });
    await stage.simulator.removeTemplate(id);
    const subject = {
      message_template_id: Number(id),
      message_template_name: "order_update",
      message_template_language: "en",
    };
    const find = (field: string, event?: string) =>
      changes().find((change) => change.field === field && change.value.event === event);
    await expect.poll(() => changes().length).toBe(8);
    expect(find("message_template_status_update", "APPROVED")).toEqual({
      time: expect.any(Number) as unknown,
      field: "message_template_status_update",
      value: { event: "APPROVED", ...subject, reason: "NONE", message_template_category: "UTILITY" },
    });
    expect(find("message_template_status_update", "PAUSED")?.value.other_info).toMatchObject({
      title: "FIRST_PAUSE",
    });
    expect(find("message_template_status_update", "DISABLED")?.value.disable_info).toBeDefined();
    expect(find("message_template_status_update", "REJECTED")?.value.reason).toBe("SCAM");
    expect(find("message_template_status_update", "DELETED")?.value).toMatchObject(subject);
    expect(find("message_template_quality_update")?.value).toEqual({
      previous_quality_score: "UNKNOWN",
      new_quality_score: "RED",
      ...subject,
    });
    expect(find("template_category_update")?.value).toEqual({
      ...subject,
      previous_category: "UTILITY",
      new_category: "MARKETING",
    });
    expect(find("message_template_components_update")?.value).toEqual({
      ...subject,
      message_template_element: "New",
    });
  });

  it("can be managed over HTTP, and mistakes are named", async () => {
    const control = createControlClient(stage.simulator.url);
    const made = await control.putTemplate(ORDER);
    expect(made).toMatchObject({ name: "order_update", status: "APPROVED", parameter_format: "POSITIONAL" });
    expect((await control.listTemplates()).map(({ name }) => name)).toEqual(["hello_world", "order_update"]);
    const named = { ...ORDER, components: [{ type: "BODY", text: "Hi {{who}}" }] };
    expect(await control.putTemplate(named)).toMatchObject({ id: made.id, parameter_format: "NAMED" });
    await control.removeTemplate(made.id);
    await expect(control.removeTemplate(made.id)).rejects.toThrow(/404/);
    await expect(control.putTemplate({ ...ORDER, name: "No!" })).rejects.toThrow(/400.*name/);
    await expect(control.putTemplate({ ...ORDER, status: "FINE" } as never)).rejects.toThrow(/400.*status/);
  });
});

describe("sending a template", () => {
  it.each([
    ["PAUSED", 400, 132015],
    ["DISABLED", 400, 132016],
    ["REJECTED", 404, 132001],
  ] as const)("%s is refused with %i and %i", async (status, http, code) => {
    await stage.simulator.putTemplate({ ...ORDER, status });
    expect(await refusalOf(await sendAs(stage, "template", filled()))).toEqual({ status: http, code });
    expect((await stage.simulator.arrivals()).total).toBe(0);
  });

  it("shows the text with its parameters, is priced by its category and opens no window", async () => {
    await stage.simulator.configure({ window: "sync" });
    await stage.simulator.putTemplate({ ...ORDER, category: "MARKETING" });
    await sendId(stage, "template", filled());
    await expect.poll(() => stage.statuses().map(({ status }) => status)).toEqual(["sent", "delivered"]);
    expect(stage.statuses()[0]).toMatchObject({ pricing: { category: "marketing" } });
    const [message] = (await stage.simulator.arrivals()).messages;
    expect(message).toMatchObject({
      text: "Hello Ann, your order 7 is on its way.",
      template: {
        body: "Hello Ann, your order 7 is on its way.",
        buttons: [{ text: "Thanks" }, { text: "Stop" }],
      },
    });
    expect(await refusalOf(await sendAs(stage, "text", { body: "hi" }))).toEqual({
      status: 400,
      code: 131047,
    });
  });

  it("has a button that the person can press, with or without a payload of its own", async () => {
    await stage.simulator.putTemplate(ORDER);
    const payload = {
      type: "button",
      sub_type: "quick_reply",
      index: "1",
      parameters: [{ type: "payload", payload: "stop-7" }],
    };
    const wamid = await sendId(stage, "template", filled([payload]));
    await stage.simulator.answerMessage(PERSON, { wamid, choice: "Thanks" });
    await stage.simulator.answerMessage(PERSON, { wamid, choice: 1 });
    await expect.poll(() => stage.messages().length).toBe(2);
    expect(stage.messages().map(({ type, button, context }) => ({ type, button, context }))).toEqual([
      {
        type: "button",
        button: { payload: "Thanks", text: "Thanks" },
        context: { from: "15550783881", id: wamid },
      },
      {
        type: "button",
        button: { payload: "stop-7", text: "Stop" },
        context: { from: "15550783881", id: wamid },
      },
    ]);
    await expect(stage.simulator.answerMessage(PERSON, { wamid, choice: "Maybe" })).rejects.toThrow(
      "Thanks, Stop",
    );
  });

  it("takes a picture above the text", async () => {
    const name = "with_picture";
    const components = [
      { type: "HEADER", format: "IMAGE" },
      { type: "BODY", text: "Look" },
    ];
    await stage.simulator.putTemplate({ name, language: "en", components });
    const send = (id: string) => {
      const header = { type: "header", parameters: [{ type: "image", image: { id } }] };
      return sendAs(stage, "template", { name, language: { code: "en" }, components: [header] });
    };
    const id = await uploadId(stage);
    expect((await send(id)).status).toBe(200);
    expect(await refusalOf(await send("1"))).toEqual({ status: 400, code: 100 });
    expect((await stage.simulator.arrivals()).messages[0]).toMatchObject({
      media: { id },
      template: { header: { type: "image" } },
    });
  });
});
