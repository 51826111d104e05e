import { rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { recover } from "#server/utils/maintenance";
import { INTERNET, type RemoteRules } from "#server/utils/media/fetch-remote";
import { uploadFile } from "#server/utils/messaging/sending/files/upload-file";
import { resumeNumber } from "#server/utils/messaging/sending/resume-number";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { callAs, errorOf, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { plantFile, type PlantedFile } from "#tests/helpers/server/plant-file";
import { readMessage } from "#tests/helpers/server/read-message";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { oggOf, webpOf } from "#tests/helpers/server/small-files";
import { sendJson, startFileGraph, type FileGraph } from "#tests/helpers/server/start-file-graph";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";

const TO = { to: "+16505551234", phone_number_id: "101" };

let ctx: TestContext;
let tenants: Tenants;
let files: FileGraph;
let media: Awaited<ReturnType<typeof useMediaRoot>>;
/** The internet, on this machine. */
let site: Server;
let rules: RemoteRules;

beforeAll(async () => {
  files = await startFileGraph();
  ctx = await createTestContext({ config: { pairRate: false } });
  media = await useMediaRoot(ctx, files.url);
  tenants = await seedTenants(ctx);
  site = createServer((_, response) => response.end(sampleFiles.png));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const guard = { resolve: async () => [{ address: "127.0.0.1", family: 4 }], mayConnect: () => true };
  rules = { ...INTERNET, isAllowed: () => true, timeoutMs: 2_000, guard };
});

beforeEach(async () => {
  await ctx.sql`truncate media_objects, messages, conversations, outbox, audit_log cascade`;
  await ctx.sql`
    update phone_numbers set paused_at = null, pause_code = null, throttled_until = null, throttle_level = 0`;
  [files.uploads, files.uploadAnswers, ctx.graph.calls, ctx.logged].forEach((list) => list.splice(0));
});

afterAll(async () => {
  site.closeAllConnections();
  site.close();
  await ctx.close();
  await files.close();
  await media.remove();
});

const plant = (bytes: Buffer = sampleFiles.png, type = "image/png"): Promise<PlantedFile> =>
  plantFile(ctx, media.root, "101", { bytes, type });
const call = (args: Record<string, unknown>) => callAs(ctx, tenants.ann, "send_media", { ...TO, ...args });
async function send(args: Record<string, unknown>): Promise<SentMessage> {
  const answer = await call({ type: "image", ...args });
  if (answer.isError) throw new Error(JSON.stringify(errorOf(answer)));
  return answer.structuredContent as unknown as SentMessage;
}
const refuseUpload = (status: number, code: number): void =>
  void files.uploadAnswers.push((response) => sendJson(response, status, { error: { code } }));
const types = () => ctx.graph.calls.map(({ payload }) => payload.type);
const readFileRow = async () =>
  (await ctx.sql`select * from media_objects where direction = 'outbound'`)[0] ?? {};
const countWakes = async (): Promise<number> => {
  const [row] = await ctx.sql<[{ count: number }]>`
    select (select count(*) from outbox where sent_at is null and name = 'wa/message.queued')::int
      + (select coalesce(sum(deferred_wakes), 0) from conversations)::int as count`;
  return row.count;
};
const countAlerts = async () => (await ctx.sql`select from outbox where name = 'wa/alert.raised'`).length;

describe("a message whose file Meta has not got", () => {
  it("puts its wake-up down without touching the network, and gets it back when the upload has ended", async () => {
    const { mediaId } = await plant();
    const { message_id, conversation_id } = await send({ media_id: mediaId });
    await ctx.sql`delete from outbox where name = 'wa/message.queued'`;
    await sendNextMessage(ctx.system, conversation_id);
    expect([files.uploads.length, await countWakes()]).toEqual([0, 1]);
    await deliverEvents(ctx);
    expect(types()).toEqual(["image"]);
    expect(await readMessage(ctx, message_id)).toMatchObject({ status: "accepted", error: null });
    expect([files.uploads.length, await countWakes()]).toEqual([1, 0]);
  });

  it("waits without a word while somebody else is at the upload, however often that began", async () => {
    const { mediaId } = await plant();
    const { message_id } = await send({ media_id: mediaId });
    const { id } = await readFileRow();
    const until = new Date(ctx.clock.now().getTime() + 60_000);
    await ctx.sql`update media_objects set attempts = 20, claim_expires_at = ${until} where id = ${String(id)}`;
    await deliverEvents(ctx);
    expect(await readMessage(ctx, message_id)).toMatchObject({ status: "queued", error: null });
    expect([files.uploads.length, await countWakes()]).toEqual([0, 1]);
  });

  it("names its client each time that the upload is announced, for the client's part of the places", async () => {
    const { mediaId } = await plant();
    const { conversation_id } = await send({ media_id: mediaId });
    await ctx.sql`update media_objects set next_attempt_at = null where direction = 'outbound'`;
    await sendNextMessage(ctx.system, conversation_id);
    const { id } = await readFileRow();
    const events = await ctx.sql`select data from outbox where name = 'wa/media.queued'`;
    const data = { media_id: id as string, client_id: tenants.ann.clientId };
    expect([...events]).toEqual([{ data }, { data }]);
  });

  it("is found again by the sweep when the event of its upload was lost, or its process died", async () => {
    const { mediaId } = await plant();
    const { message_id } = await send({ media_id: mediaId });
    await ctx.sql`delete from outbox where name = 'wa/media.queued'`;
    await deliverEvents(ctx);
    expect((await readMessage(ctx, message_id)).status).toBe("queued");
    // An upload that waits for its turn is not announced twice.
    ctx.clock.advance(29 * 60_000);
    await recover(ctx.system);
    await deliverEvents(ctx);
    expect((await readMessage(ctx, message_id)).status).toBe("queued");
    ctx.clock.advance(10 * 60_000);
    await recover(ctx.system);
    await deliverEvents(ctx);
    expect((await readMessage(ctx, message_id)).status).toBe("accepted");
    expect([types(), files.uploads.length]).toEqual([["image"], 1]);
  });

  it("never has more than one file uploaded twice by runs that come together", async () => {
    const { mediaId } = await plant();
    const { conversation_id } = await send({ media_id: mediaId });
    const { id } = await readFileRow();
    const runs = Array.from({ length: 4 }, () => [
      uploadFile(ctx.system, String(id)),
      sendNextMessage(ctx.system, conversation_id),
    ]);
    await Promise.all(runs.flat());
    await deliverEvents(ctx);
    expect([files.uploads.length, types()]).toEqual([1, ["image"]]);
  });

  it("is not uploaded once it is cancelled", async () => {
    const { mediaId } = await plant();
    const { message_id } = await send({ media_id: mediaId });
    await callAs(ctx, tenants.ann, "cancel_message", { message_id });
    await deliverEvents(ctx);
    expect([files.uploads.length, types()]).toEqual([0, []]);
  });
});

describe("a file that is not there any more", () => {
  it("ends its message, and what waits behind it goes", async () => {
    const file = await plant();
    await rm(join(media.root, file.path));
    const picture = await send({ media_id: file.mediaId });
    const text = await sendAs(ctx, tenants.ann, { ...TO, body: "after it" });
    await deliverEvents(ctx);
    expect(await readMessage(ctx, picture.message_id)).toMatchObject({
      status: "failed",
      error: { reason: expect.stringContaining("not_found") as string, details: { field: "media_id" } },
    });
    expect((await readMessage(ctx, text.message_id)).status).toBe("accepted");
  });

  it("ends its message also when retention took it before it was sent", async () => {
    const { message_id } = await send({ media_id: (await plant()).mediaId });
    await ctx.sql`update media_objects set state = 'deleted', source_url = null where direction = 'outbound'`;
    await deliverEvents(ctx);
    expect(await readMessage(ctx, message_id)).toMatchObject({
      status: "failed",
      error: { reason: expect.stringContaining("expired") as string },
    });
  });
});

describe("a disk that takes nothing", () => {
  it("is nobody's fault who sends: it is logged, and tried every five minutes until it is mended", async () => {
    const { mediaId } = await plant();
    const { message_id } = await send({ media_id: mediaId });
    const incoming = join(media.root, ".incoming");
    await rename(incoming, `${incoming}.aside`).catch(() => undefined);
    await writeFile(incoming, "no folder");
    const mend = async (): Promise<void> => {
      if ((await stat(incoming)).isDirectory()) return;
      await rm(incoming);
      await rename(`${incoming}.aside`, incoming).catch(() => undefined);
    };
    onTestFinished(mend);
    await deliverEvents(ctx);
    expect(await readFileRow()).toMatchObject({ state: "pending", error: { reason: "storage" } });
    expect(await readMessage(ctx, message_id)).toMatchObject({
      status: "queued",
      error: { reason: expect.stringContaining("storage") as string },
    });
    expect(ctx.logged.join("\n")).toMatch(/EEXIST|ENOTDIR/);
    for (let round = 0; round < 10; round += 1) {
      ctx.clock.advance(5 * 60_000);
      await deliverEvents(ctx);
      expect(await readFileRow()).toMatchObject({ attempts: round + 2 });
    }
    expect((await readMessage(ctx, message_id)).status).toBe("queued");
    await mend();
    ctx.clock.advance(5 * 60_000);
    await deliverEvents(ctx);
    expect((await readMessage(ctx, message_id)).status).toBe("accepted");
  });
});

describe("an upload that Meta refuses", () => {
  it.each([190, 10, 200, 33, 368, 131_005, 131_031])(
    "with %i pauses the number, and its message goes once a person resumed it",
    async (code) => {
      const { message_id } = await send({ media_id: (await plant()).mediaId });
      refuseUpload(401, code);
      await deliverEvents(ctx);
      expect(await readMessage(ctx, message_id)).toMatchObject({ status: "queued", error: { code } });
      const [number] = await ctx.sql`
        select pause_code from phone_numbers where id = ${tenants.numbers.ann.id} and paused_at is not null`;
      expect([number?.pause_code, await countAlerts()]).toEqual([code, 1]);
      for (let round = 0; round < 3; round += 1) {
        ctx.clock.advance(60 * 60_000);
        await recover(ctx.system);
        await deliverEvents(ctx);
      }
      expect([files.uploads.length, types()]).toEqual([0, []]);
      await resumeNumber(ctx.system, tenants.numbers.ann.id);
      await deliverEvents(ctx);
      expect((await readMessage(ctx, message_id)).status).toBe("accepted");
    },
  );

  it.each([4, 80_007, 130_429])(
    "with %i lets the number rest, as often as it takes, and no other file is tried meanwhile",
    async (code) => {
      const { message_id } = await send({ media_id: (await plant()).mediaId });
      const readRest = async (): Promise<Date> => {
        const [number] = await ctx.sql<[{ throttled_until: Date }]>`
          select throttled_until from phone_numbers where id = ${tenants.numbers.ann.id}`;
        return number.throttled_until;
      };
      refuseUpload(400, code);
      await deliverEvents(ctx);
      const other = await plant(Buffer.concat([sampleFiles.png, Buffer.from("x")]));
      const { message_id: otherId } = await send({ media_id: other.mediaId, to: "+16505557777" });
      await deliverEvents(ctx);
      expect([files.uploads.length, types()]).toEqual([0, []]);
      await callAs(ctx, tenants.ann, "cancel_message", { message_id: otherId });
      for (let round = 0; round < 10; round += 1) {
        ctx.clock.set(new Date((await readRest()).getTime() + 1_000));
        refuseUpload(400, code);
        await deliverEvents(ctx);
        expect(files.uploadAnswers).toEqual([]);
        expect((await readRest()).getTime()).toBeGreaterThan(ctx.clock.now().getTime());
      }
      ctx.clock.set(new Date((await readRest()).getTime() + 1_000));
      await deliverEvents(ctx);
      expect((await readMessage(ctx, message_id)).status).toBe("accepted");
    },
  );

  it("for good says which code, which field and which limit", async () => {
    const { message_id } = await send({ type: "sticker", media_id: (await plant()).mediaId });
    await deliverEvents(ctx);
    const answer = await callAs(ctx, tenants.ann, "get_message_status", { message_id });
    const history = answer.structuredContent.history as { error?: Record<string, unknown> }[];
    expect(history.at(-1)?.error).toMatchObject({
      details: { field: "type", limit: ["image/webp"], value: "image/png" },
    });
    const refused = await send({ media_id: (await plant()).mediaId });
    refuseUpload(400, 131_053);
    await deliverEvents(ctx);
    expect(await readMessage(ctx, refused.message_id)).toMatchObject({
      status: "failed",
      error: { code: 131_053, reason: expect.stringContaining("refused_by_meta") as string },
    });
    expect(await countAlerts()).toBe(0);
  });
});

describe("an upload that Meta has forgotten", () => {
  it.each([100, 131_009, 131_052, 131_053])(
    "is made once more when a send is refused with %i",
    async (code) => {
      const { mediaId } = await plant();
      await send({ media_id: mediaId });
      await deliverEvents(ctx);
      const { message_id } = await send({ media_id: mediaId });
      ctx.graph.plan(failing("failed", code));
      await deliverEvents(ctx);
      expect(ctx.graph.calls.map(({ payload }) => payload.image)).toEqual([
        { id: "uploaded-1" },
        { id: "uploaded-1" },
        { id: "uploaded-2" },
      ]);
      expect((await readMessage(ctx, message_id)).status).toBe("accepted");
    },
  );

  it("is over when that did not help", async () => {
    const { message_id } = await send({ media_id: (await plant()).mediaId });
    for (const code of [100, 131_053]) {
      ctx.graph.plan(failing("failed", code));
    }
    await deliverEvents(ctx);
    expect([types().length, files.uploads.length]).toEqual([2, 2]);
    expect(await readMessage(ctx, message_id)).toMatchObject({ status: "failed", error: { code: 131_053 } });
  });
});

describe("a file that its author took back", () => {
  it("is not sent on, before and after it was queued", async () => {
    const file = await plant();
    const { message_id } = await send({ media_id: file.mediaId });
    await ctx.sql`update messages set revoked_at = now() where id = ${file.messageId}`;
    expect(errorOf(await call({ type: "image", media_id: file.mediaId }))).toMatchObject({
      code: "not_found",
      details: { field: "media_id" },
    });
    await deliverEvents(ctx);
    expect([files.uploads.length, types()]).toEqual([0, []]);
    expect((await readMessage(ctx, message_id)).status).toBe("failed");
    expect(await readFileRow()).toMatchObject({ state: "failed", path: null });
  });
});

describe("the id of a file", () => {
  it("is taken in capitals, in a header too", async () => {
    const { mediaId } = await plant();
    const media_id = mediaId.toUpperCase();
    await send({ media_id });
    const header = { type: "image", media_id };
    const buttons = [{ id: "1", title: "t" }];
    await callAs(ctx, tenants.ann, "send_interactive", {
      ...TO,
      type: "buttons",
      header,
      body: "b",
      buttons,
    });
    await deliverEvents(ctx);
    expect(types()).toEqual(["image", "interactive"]);
  });

  it("is refused where it is none, in a header too", async () => {
    const header = { type: "image", media_id: "mine" };
    const buttons = [{ id: "1", title: "t" }];
    const args = { ...TO, type: "buttons", header, body: "b", buttons };
    expect(errorOf(await callAs(ctx, tenants.ann, "send_interactive", args)).code).toBe("invalid_arguments");
  });

  it("of one that is still to be sent itself is refused with these words", async () => {
    await send({ url: "https://example.com/a.png" });
    const { id } = await readFileRow();
    expect(errorOf(await call({ type: "image", media_id: id }))).toMatchObject({
      code: "conflict",
      details: { field: "media_id", state: "pending" },
    });
  });
});

it.each([
  ["U+0000", "https://example.com/\u0000a.png"],
  ["half a sign", "https://example.com/\ud800a.png"],
])("refuses a url with %s", async (_, url) => {
  expect(errorOf(await call({ type: "image", url })).code).toBe("invalid_arguments");
});

describe("what WhatsApp does not play", () => {
  const mp3 = Buffer.concat([
    Buffer.from("ID3\u0003\u0000\u0000\u0000\u0000\u0000\u0000", "latin1"),
    Buffer.from([0xff, 0xfb, 0x90, 0x00]),
    Buffer.alloc(2_000),
  ]);
  it.each([
    ["voice", mp3, "audio/mpeg", "type"],
    ["voice", oggOf("\u0001vorbis"), "audio/ogg", "codec"],
    ["audio", oggOf("Speex  "), "audio/ogg", "codec"],
    ["sticker", webpOf("VP8X", 300, 512), "image/webp", "dimensions"],
  ] as const)("is refused: %s", async (type, bytes, served, field) => {
    const { mediaId } = await plant(bytes, served);
    const { message_id } = await send({ type, media_id: mediaId });
    await deliverEvents(ctx);
    expect(await readMessage(ctx, message_id)).toMatchObject({
      status: "failed",
      error: { details: { field } },
    });
  });

  it.each([
    ["voice", oggOf("OpusHead"), "audio/ogg"],
    ["audio", mp3, "audio/mpeg"],
    ["sticker", webpOf("VP8X", 512, 512, true), "image/webp"],
  ] as const)("is told from what it does: %s", async (type, bytes, served) => {
    const { mediaId } = await plant(bytes, served);
    const { message_id } = await send({ type, media_id: mediaId });
    await deliverEvents(ctx);
    expect((await readMessage(ctx, message_id)).status).toBe("accepted");
  });
});

it("keeps the same bytes once, however often they are fetched for a client", async () => {
  const port = (site.address() as AddressInfo).port;
  const inodes = new Set<number>();
  for (let n = 0; n < 3; n += 1) {
    const { message_id } = await send({ url: "https://example.com/brochure.png" });
    const [row] = await ctx.sql<[{ id: string }]>`
      update media_objects set source_url = ${`http://files.test:${port}/brochure.png`}
      where message_id = ${message_id} returning id`;
    expect((await uploadFile(ctx.system, row.id, undefined, rules)).outcome).toBe("uploaded");
    const [file] = await ctx.sql<[{ path: string }]>`select path from media_objects where id = ${row.id}`;
    inodes.add((await stat(join(media.root, file.path))).ino);
  }
  expect([inodes.size, files.uploads.length]).toEqual([1, 1]);
});
