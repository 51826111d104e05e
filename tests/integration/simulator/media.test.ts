import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createControlClient } from "#simulator/control/create-control-client";
import { fileOf, refusalOf, sendAs, sendId, upload, uploadId } from "./files";
import { ACCESS_TOKEN, NUMBER, OTHER_NUMBER, PERSON, useStage } from "./setup";

const stage = useStage();

interface Info {
  url: string;
  mime_type: string;
  sha256: string;
  file_size: number;
  id: string;
}

const sha256 = (bytes: Uint8Array, encoding: "hex" | "base64") =>
  createHash("sha256").update(bytes).digest(encoding);
const info = async (id: string) => (await (await stage.get(`/v23.0/${id}`)).json()) as Info;
const bearer = { authorization: `Bearer ${ACCESS_TOKEN}` };
const load = (url: string, headers: Record<string, string> = bearer) => fetch(url, { headers });
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe("POST media", () => {
  it("takes a file, tells what it is, and hands it out again", async () => {
    const bytes = fileOf("image/png", 5000);
    const id = await uploadId(stage, { bytes, filename: "a.png" });
    const found = await info(id);
    expect(found).toEqual({
      messaging_product: "whatsapp",
      url: expect.stringContaining("/whatsapp_business/attachments/?mid=") as unknown,
      mime_type: "image/png",
      sha256: sha256(bytes, "hex"),
      file_size: 5000,
      id,
    });
    const answer = await load(found.url);
    expect(answer.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  });

  it.each<[string, number, number, number]>([
    ["image/jpeg", 5_000_000, 200, 400],
    ["video/mp4", 16_000_000, 200, 400],
    ["audio/ogg", 16_000_000, 200, 400],
    ["image/webp", 500_000, 200, 400],
    ["application/pdf", 100_000_000, 200, 400],
  ])(
    "%s: takes %i bytes and not one more",
    async (type, limit, taken, refused) => {
      expect((await upload(stage, { type, bytes: Buffer.alloc(limit) })).status).toBe(taken);
      const answer = await upload(stage, { type, bytes: Buffer.alloc(limit + 1) });
      expect(await refusalOf(answer)).toEqual({ status: refused, code: 131053 });
    },
    60_000,
  );

  it.each<[string, Parameters<typeof upload>[1], number]>([
    ["a type it does not know", { type: "application/zip" }, 100],
    ["a gif", { type: "image/gif" }, 100],
    ["no product", { fields: { type: "image/png" } }, 100],
    ["another product", { fields: { messaging_product: "sms" } }, 100],
    [
      "a type that the part contradicts",
      { fields: { messaging_product: "whatsapp", type: "image/jpeg" } },
      131053,
    ],
    ["an empty file", { bytes: Buffer.alloc(0) }, 100],
    ["a life too short", { fields: { messaging_product: "whatsapp", ttl_minutes: "59" } }, 100],
    ["a life too long", { fields: { messaging_product: "whatsapp", ttl_minutes: "43201" } }, 100],
  ])("refuses %s", async (_name, options, code) => {
    expect(await refusalOf(await upload(stage, options))).toEqual({ status: 400, code });
  });

  it("refuses what is no form, a form without a file, no token, and an unknown number", async () => {
    const post = (init: RequestInit, number = NUMBER) =>
      stage.get(`/v23.0/${number}/media`, { method: "POST", ...init });
    const json = { ...bearer, "content-type": "application/json" };
    expect(await refusalOf(await post({ headers: json, body: "{}" }))).toEqual({ status: 400, code: 100 });
    const form = new FormData();
    form.set("messaging_product", "whatsapp");
    form.set("file", "not a file");
    expect(await refusalOf(await post({ headers: bearer, body: form }))).toEqual({ status: 400, code: 100 });
    expect(await refusalOf(await post({ body: form }))).toEqual({ status: 401, code: 104 });
    expect(await refusalOf(await upload(stage, { number: "1" }))).toEqual({ status: 400, code: 100 });
  });

  it("takes parameters of a type, and the type of the part alone", async () => {
    const fields = { messaging_product: "whatsapp" };
    const id = await uploadId(stage, { type: "audio/ogg; codecs=opus", fields });
    expect((await info(id)).mime_type).toBe("audio/ogg; codecs=opus");
  });
});

describe("a file's life", () => {
  it("has an address for five minutes, and then a new one", async () => {
    const id = await uploadId(stage);
    const { url } = await info(id);
    await stage.simulator.advanceClock(5 * MINUTE_MS - 5000);
    expect((await load(url)).status).toBe(200);
    await stage.simulator.advanceClock(5000);
    expect((await load(url)).status).toBe(404);
    expect((await load((await info(id)).url)).status).toBe(200);
  });

  it("lasts 30 days when uploaded, 7 when a person sent it, or as long as it was asked to", async () => {
    const uploaded = await uploadId(stage);
    const short = await uploadId(stage, { fields: { messaging_product: "whatsapp", ttl_minutes: "60" } });
    const { media } = await stage.simulator.sendMediaFromPerson(PERSON, { type: "image", random_bytes: 10 });
    const there = async () =>
      Promise.all(
        [short, media!.id, uploaded].map(async (id) => (await stage.get(`/v23.0/${id}`)).status === 200),
      );
    expect(await there()).toEqual([true, true, true]);
    await stage.simulator.advanceClock(60 * MINUTE_MS);
    expect(await there()).toEqual([false, true, true]);
    await stage.simulator.advanceClock(7 * DAY_MS);
    expect(await there()).toEqual([false, false, true]);
    await stage.simulator.advanceClock(23 * DAY_MS);
    expect(await there()).toEqual([false, false, false]);
    expect(await refusalOf(await sendAs(stage, "image", { id: uploaded }))).toEqual({
      status: 400,
      code: 100,
    });
  });

  it("can be configured", async () => {
    await stage.simulator.configure({
      media_upload_ttl_ms: 60 * MINUTE_MS,
      media_url_ttl_ms: 30 * MINUTE_MS,
    });
    const id = await uploadId(stage);
    const { url } = await info(id);
    await stage.simulator.advanceClock(30 * MINUTE_MS);
    expect((await load(url)).status).toBe(404);
    expect((await stage.get(`/v23.0/${id}`)).status).toBe(200);
    await stage.simulator.advanceClock(30 * MINUTE_MS);
    expect((await stage.get(`/v23.0/${id}`)).status).toBe(400);
  });

  it("ends when it is deleted", async () => {
    const id = await uploadId(stage);
    const { url } = await info(id);
    const remove = (path: string) => stage.get(path, { method: "DELETE", headers: bearer });
    expect((await remove(`/v23.0/${id}?phone_number_id=${OTHER_NUMBER}`)).status).toBe(400);
    expect(await (await remove(`/v23.0/${id}?phone_number_id=${NUMBER}`)).json()).toEqual({ success: true });
    expect((await remove(`/v23.0/${id}`)).status).toBe(400);
    expect((await load(url)).status).toBe(404);
  });

  it("belongs to its number", async () => {
    const id = await uploadId(stage);
    expect((await stage.get(`/v23.0/${id}?phone_number_id=${NUMBER}`)).status).toBe(200);
    expect(await refusalOf(await stage.get(`/v23.0/${id}?phone_number_id=${OTHER_NUMBER}`))).toEqual({
      status: 400,
      code: 100,
    });
    const body = { messaging_product: "whatsapp", to: `+${PERSON}`, type: "image", image: { id } };
    expect(await refusalOf(await stage.post(body, { number: OTHER_NUMBER }))).toEqual({
      status: 400,
      code: 100,
    });
    expect((await stage.post(body)).status).toBe(200);
  });

  it("is bounded: the oldest files go", async () => {
    await stage.simulator.configure({ media_limit_bytes: 1000 });
    const first = await uploadId(stage, { bytes: fileOf("image/png", 600) });
    const second = await uploadId(stage, { bytes: fileOf("image/png", 600) });
    expect((await stage.get(`/v23.0/${first}`)).status).toBe(400);
    expect((await stage.get(`/v23.0/${second}`)).status).toBe(200);
    expect((await stage.simulator.state()).counts).toMatchObject({ media: 1, media_bytes: 600 });
  });
});

describe("the download address", () => {
  it("wants the token in the header", async () => {
    const { url } = await info(await uploadId(stage));
    expect((await load(url, {})).status).toBe(401);
    expect((await load(`${url}&access_token=${ACCESS_TOKEN}`, {})).status).toBe(401);
    expect((await load(url, { authorization: "Bearer other" })).status).toBe(401);
    expect((await load(`${url}x`)).status).toBe(404);
    expect((await load(url.replace(/mid=\d+/, "mid=1"))).status).toBe(404);
  });

  it("begins where it is told to", async () => {
    await stage.simulator.configure({ media_base_url: "http://files.example/" });
    const { url } = await info(await uploadId(stage));
    expect(url).toMatch(/^http:\/\/files\.example\/whatsapp_business\//);
  });
});

describe("a person's file", () => {
  it.each([
    ["image", { caption: "look" }, "image/jpeg", { caption: "look" }],
    ["video", { caption: "see" }, "video/mp4", { caption: "see" }],
    ["audio", { voice: true }, "audio/ogg; codecs=opus", { voice: true }],
    ["audio", { mime_type: "audio/mpeg" }, "audio/mpeg", { voice: false }],
    [
      "document",
      { filename: "r\u00e9sum\u00e9 & co.pdf" },
      "application/pdf",
      { filename: "r\u00e9sum\u00e9 & co.pdf" },
    ],
    ["sticker", { animated: true }, "image/webp", { animated: true }],
  ] as const)("%s %j: comes as Meta's webhook tells it", async (type, details, mime, members) => {
    const bytes = fileOf(mime, 300);
    const control = createControlClient(stage.simulator.url);
    const { wamid, media } = await control.sendBytesFromPerson(PERSON, { type, ...details }, bytes);
    await expect.poll(() => stage.messages().length).toBe(1);
    const [message] = stage.messages();
    expect(message).toMatchObject({ id: wamid, from: PERSON, type });
    expect(message?.[type]).toEqual({
      ...members,
      mime_type: mime,
      sha256: sha256(bytes, "base64"),
      id: media?.id,
      url: expect.stringContaining(`mid=${media?.id}`) as unknown,
    });
    const { url } = message![type] as Info;
    expect(Buffer.from(await (await load(url)).arrayBuffer())).toEqual(bytes);
    expect(await info(media!.id)).toMatchObject({
      sha256: sha256(bytes, "hex"),
      file_size: 300,
      mime_type: mime,
    });
  });

  it("can be base64 or made up, quote a message, and go to any number", async () => {
    const ours = await stage.sendText("send me something");
    const data = fileOf("image/jpeg", 64);
    const sent = await stage.simulator.sendMediaFromPerson(PERSON, {
      type: "image",
      data_base64: data.toString("base64"),
      reply_to: ours,
    });
    expect(sent.media).toMatchObject({
      sha256: sha256(data, "hex"),
      size_bytes: 64,
      mime_type: "image/jpeg",
    });
    await expect.poll(() => stage.messages()[0]?.context).toEqual({ from: "15550783881", id: ours });
    const big = { type: "video", random_bytes: 3_000_000, seed: "s", phone_number_id: OTHER_NUMBER } as const;
    const first = await stage.simulator.sendMediaFromPerson(PERSON, big);
    const again = await stage.simulator.sendMediaFromPerson(PERSON, big);
    expect(first.media?.sha256).toBe(again.media?.sha256);
    expect(first.media?.size_bytes).toBe(3_000_000);
    expect((await stage.simulator.state()).counts).toMatchObject({ media: 3, media_bytes: 64 });
  });

  it("opens the window, is on the phone, and may lie about itself", async () => {
    await stage.simulator.configure({ window: "sync", include_media_url: false });
    const { wamid, media } = await stage.simulator.sendMediaFromPerson(PERSON, {
      type: "image",
      mime_type: "image/png",
      data_base64: Buffer.from("<script>").toString("base64"),
      wrong_sha256: true,
    });
    await stage.sendText("thank you");
    const [message] = await stage.simulator.listMessages(PERSON);
    expect(message).toMatchObject({ wamid, type: "image", media: { id: media?.id, size_bytes: 8 } });
    expect(message?.content).not.toHaveProperty("url");
    const real = sha256(Buffer.from("<script>"), "hex");
    expect(media?.sha256).not.toBe(real);
    expect((await info(media!.id)).sha256).toBe(media?.sha256);
  });

  it("never reaches the business when it is larger than 100 MB", async () => {
    const sent = await stage.simulator.sendMediaFromPerson(PERSON, {
      type: "video",
      random_bytes: 100_000_001,
    });
    expect(sent.media).toBeNull();
    await expect
      .poll(() => stage.messages()[0])
      .toMatchObject({ id: sent.wamid, type: "unsupported", errors: [{ code: 131052 }] });
  });

  it("is checked", async () => {
    const control = createControlClient(stage.simulator.url);
    const send = (input: unknown) => control.sendMediaFromPerson(PERSON, input as never);
    await expect(send({ type: "poll", random_bytes: 1 })).rejects.toThrow(/400.*type/);
    await expect(send({ type: "image" })).rejects.toThrow(/400/);
    await expect(send({ type: "image", data_base64: "not base64!" })).rejects.toThrow(/400/);
    await expect(control.sendMediaFromPerson("nobody", { type: "image", random_bytes: 1 })).rejects.toThrow(
      /404/,
    );
  });
});

describe("sending a file", () => {
  const failures = () => stage.statuses().filter(({ status }) => status === "failed");

  it.each([
    ["image", "image/jpeg", {}],
    ["video", "video/3gpp", { caption: "see" }],
    ["audio", "audio/mpeg", {}],
    ["audio", "audio/ogg", { voice: true }],
    ["document", "text/plain", { filename: "a.txt" }],
    ["sticker", "image/webp", {}],
  ])("%s of %s arrives", async (type, mime, more) => {
    const id = await uploadId(stage, { type: mime });
    const wamid = await sendId(stage, type, { id, ...more }, { biz_opaque_callback_data: "job" });
    const { messages, by_biz_opaque_callback_data: counts } = await stage.simulator.arrivals();
    expect(messages[0]).toMatchObject({
      wamid,
      type,
      media: { id, mime_type: mime },
      content: { id, ...more },
    });
    expect(counts).toEqual({ job: 1 });
  });

  it.each<[string, string, string, number, Record<string, unknown>, RegExp]>([
    ["a sound as a picture", "image", "audio/ogg", 100, {}, /cannot be sent as image/],
    ["a picture as a document", "document", "image/png", 100, {}, /cannot be sent as document/],
    ["a voice in another format", "audio", "audio/mpeg", 100, { voice: true }, /audio\/ogg/],
    ["a large still sticker", "sticker", "image/webp", 100_001, {}, /still sticker/],
  ])("%s is accepted and fails with 131053", async (_name, type, mime, size, more, details) => {
    const id = await uploadId(stage, { type: mime, bytes: fileOf(mime, size) });
    await sendId(stage, type, { id, ...more });
    await expect
      .poll(failures)
      .toMatchObject([
        { errors: [{ code: 131053, error_data: { details: expect.stringMatching(details) as unknown } }] },
      ]);
    expect((await stage.simulator.arrivals()).total).toBe(0);
  });

  it("notices bytes that are not what they are declared to be, unless told not to look", async () => {
    const id = await uploadId(stage, { bytes: Buffer.from("GIF89a...") });
    await sendId(stage, "image", { id });
    await expect.poll(failures).toMatchObject([{ errors: [{ code: 131053 }] }]);
    await stage.simulator.configure({ check_media_bytes: false });
    await sendId(stage, "image", { id });
    expect((await stage.simulator.arrivals()).total).toBe(1);
  });

  it("finds the file in a header too", async () => {
    const id = await uploadId(stage);
    const interactive = (image: string) => ({
      type: "button",
      header: { type: "image", image: { id: image } },
      body: { text: "?" },
      action: { buttons: [{ type: "reply", reply: { id: "a", title: "A" } }] },
    });
    await sendId(stage, "interactive", interactive(id));
    expect((await stage.simulator.arrivals()).messages[0]?.media?.id).toBe(id);
    expect(await refusalOf(await sendAs(stage, "interactive", interactive("1")))).toEqual({
      status: 400,
      code: 100,
    });
  });

  it("takes links on trust, or fetches them when told to", async () => {
    await sendId(stage, "image", { link: "https://example.com/a.png" });
    expect((await stage.simulator.arrivals()).total).toBe(1);
    await stage.simulator.configure({ fetch_links: true, include_media_url: true });
    const id = await uploadId(stage, { type: "image/png" });
    const served = `${stage.simulator.url}/control/media/${id}`;
    await sendId(stage, "sticker", { link: served });
    await sendId(stage, "image", { link: `${stage.simulator.url}/nothing` });
    await expect.poll(() => failures().length).toBe(2);
    await sendId(stage, "image", { link: served });
    const { messages } = await stage.simulator.arrivals();
    expect(messages.at(-1)).toMatchObject({
      type: "image",
      media: { mime_type: "image/png", size_bytes: 100 },
    });
  });
});

describe("a file on the phone", () => {
  it("is shown when it is a picture, and only saved when it could run", async () => {
    const control = createControlClient(stage.simulator.url);
    const send = (type: "image" | "document", mime: string, filename: string) =>
      control.sendBytesFromPerson(PERSON, { type, mime_type: mime, filename }, Buffer.from("<script>"));
    const picture = await send("image", "image/png", "a.png");
    const page = await send("document", "text/html", "\u00e4\r\n.html");
    const file = (id: string, init: RequestInit = {}) => stage.get(`/control/media/${id}`, init);
    const shown = await file(picture.media!.id);
    expect(shown.headers.get("content-type")).toBe("image/png");
    expect(shown.headers.get("content-disposition")).toMatch(/^inline/);
    const saved = await file(page.media!.id);
    expect(saved.headers.get("content-type")).toBe("application/octet-stream");
    expect(saved.headers.get("content-disposition")).toMatch(/^attachment/);
    for (const answer of [shown, saved]) {
      expect(answer.headers.get("content-security-policy")).toContain("sandbox");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
    expect(await control.readMedia(page.media!.id)).toEqual({
      mime_type: "text/html",
      filename: "\u00e4\r\n.html",
      bytes: Buffer.from("<script>"),
    });
    expect((await file("1")).status).toBe(404);
    expect((await file(picture.media!.id, { headers: { origin: "https://example.com" } })).status).toBe(403);
  });
});
