import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recover } from "#server/utils/maintenance";
import { downloadMedia } from "#server/utils/media/inbound/download-media";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { sendJson, startFileGraph, type FileGraph } from "#tests/helpers/server/start-file-graph";
import { webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const DAY_MS = 24 * 60 * 60_000;
const HOSTILE_NAME = "../../etc/passwd\u202egpj.exe\n\u0000";

let ctx: TestContext;
let tenants: Tenants;
let graph: FileGraph;
let root: string;
let lastId = 0;

beforeAll(async () => {
  graph = await startFileGraph();
  root = await mkdtemp(join(tmpdir(), "wamcp-media-"));
  ctx = await createTestContext();
  const { config } = ctx.system;
  Object.assign(ctx.system, {
    config: {
      ...config,
      graph: { ...config.graph, baseUrl: graph.url },
      media: { ...config.media, root },
    },
  });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate media_objects, messages, conversations, outbox, changes, webhook_inbox cascade`;
  graph.asked.length = 0;
  ctx.logged.length = 0;
});

afterAll(async () => {
  await ctx.close();
  await graph.close();
  await rm(root, { recursive: true });
});

const digestOf = (bytes: Buffer, encoding: "hex" | "base64") =>
  createHash("sha256").update(bytes).digest(encoding);

function mediaMessage(bytes: Buffer, more: Json = {}, type = "document"): { id: string; message: Json } {
  const id = `media-${(lastId += 1)}`;
  graph.files.set(id, { bytes });
  const media = { id, mime_type: "application/pdf", sha256: digestOf(bytes, "base64"), ...more };
  const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
  return { id, message: { from: PERSON, id: `wamid.${id}`, timestamp, type, [type]: media } };
}

interface Row {
  id: string;
  state: string;
  path: string;
  sniffed_type: string;
  declared_type: string;
  size_bytes: string;
  sha256: string;
  attempts: number;
  error: { reason: string } | null;
}

async function receive(bytes: Buffer, more: Json = {}, type?: string) {
  const { id, message } = mediaMessage(bytes, more, type);
  await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
  return { waMediaId: id, message, mediaId: (await readRow(id)).id };
}

async function readRow(waMediaId: string): Promise<Row> {
  const [row] = await ctx.sql<Row[]>`select * from media_objects where wa_media_id = ${waMediaId}`;
  if (!row) throw new Error("there is no such row");
  return row;
}

async function view(): Promise<Json[]> {
  const answer = await callAs(ctx, tenants.ann, "get_messages");
  return (answer.structuredContent.messages as Json[]).map(({ media }) => media as Json);
}

describe("a file that comes with a message", () => {
  it("is written down once with the message, and announced once", async () => {
    const { message, mediaId } = await receive(sampleFiles.pdf);
    await receiveWebhook(ctx, webhookBody("101", { messages: [message, message] }));
    const events = await ctx.sql`select data from outbox where name = 'wa/media.received'`;
    expect([...events]).toEqual([{ data: { media_id: mediaId } }]);
    expect(await view()).toEqual([{ id: mediaId, state: "pending", type: "application/pdf", size: null }]);
  });

  it("lands under its number and month, by our name and what it is, for its group to read", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.png, { filename: HOSTILE_NAME });
    expect(await downloadMedia(ctx.system, mediaId)).toEqual({ media_id: mediaId, outcome: "ready" });
    const row = await readRow(waMediaId);
    const [year, month] = ctx.clock.now().toISOString().split("-");
    expect(row.path).toBe(`${tenants.numbers.ann.id}/${year}/${month}/${mediaId}.png`);
    expect(await readFile(join(root, row.path))).toEqual(sampleFiles.png);
    expect((await stat(join(root, row.path))).mode & 0o777).toBe(0o640);
    expect(row).toMatchObject({ sniffed_type: "image/png", declared_type: "application/pdf" });
    expect(row.sha256).toBe(digestOf(sampleFiles.png, "hex"));
    expect(await view()).toEqual([
      { id: mediaId, state: "ready", type: "image/png", size: sampleFiles.png.length },
    ]);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("is fetched once, however many try and however often they come again", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const reports = await Promise.all(Array.from({ length: 5 }, () => downloadMedia(ctx.system, mediaId)));
    reports.push(await downloadMedia(ctx.system, mediaId));
    expect(reports.filter(({ outcome }) => outcome === "ready")).toHaveLength(1);
    expect(graph.asked.filter(({ path }) => path === `/file/${waMediaId}`)).toHaveLength(1);
    expect(await readRow(waMediaId)).toMatchObject({ attempts: 1 });
  });

  it("is fetched once more when it arrives damaged, and then is good", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const answers = [(response: ServerResponse) => response.end("damaged")];
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, answers });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
  });

  it("waits while it is not what was announced, and fails when it never was", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf, {
      sha256: digestOf(sampleFiles.png, "base64"),
    });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(graph.asked.filter(({ path }) => path === `/file/${waMediaId}`)).toHaveLength(2);
    expect(await view()).toMatchObject([{ state: "pending", reason: "hash_mismatch" }]);
    ctx.clock.advance(7 * DAY_MS);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "failed" });
    expect(await view()).toMatchObject([{ state: "failed", reason: "hash_mismatch" }]);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("comes yet when Meta's side is in order again", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const damaged = (response: ServerResponse) => response.end("damaged");
    const astray = (response: ServerResponse) =>
      void response.writeHead(302, { location: `/file/${waMediaId}` }).end();
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, info: { file_size: "1" } });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, answers: [damaged, damaged] });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, answers: [astray, astray, astray, astray] });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
  });

  it("gets a fresh address when the first is gone", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const answers = [(response: ServerResponse) => sendJson(response, 404, {})];
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, answers });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
    expect(graph.asked.map(({ path }) => path)).toEqual([
      `/v23.0/${waMediaId}`,
      `/file/${waMediaId}`,
      `/v23.0/${waMediaId}`,
      `/file/${waMediaId}`,
    ]);
  });

  it("waits when Meta cannot give it now, and ends when Meta has forgotten it", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    graph.files.delete(waMediaId);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(await view()).toMatchObject([{ state: "pending", reason: "not_found" }]);
    ctx.clock.advance(8 * 24 * 60 * 60_000);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "failed" });
    expect(await view()).toMatchObject([{ state: "failed", reason: "expired" }]);
  });

  it("waits when the connection breaks in the middle, and leaves nothing behind", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const answers = [
      (response: ServerResponse) => {
        response.writeHead(200, { "content-length": sampleFiles.pdf.length });
        response.write(sampleFiles.pdf.subarray(0, 5), () => response.destroy());
      },
    ];
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, answers });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
  });

  it("fails when it is larger than WhatsApp carries", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, info: { file_size: "100000001" } });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "failed" });
    expect(await view()).toMatchObject([{ reason: "too_large" }]);
  });

  it.each([
    ["an address that is not Meta's", "https://example.com/file"],
    ["a host that only looks like Meta's", "https://lookaside.fbsbx.com.example.com/file"],
    ["an address of ours", "http://169.254.169.254/latest/meta-data"],
    ["no address", "file:///etc/passwd"],
  ])("is not fetched from %s", async (_, url) => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, info: { url } });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(await view()).toMatchObject([{ state: "pending", reason: "address_refused" }]);
    expect(ctx.logged.join("\n")).toContain(mediaId);
    expect(graph.asked.filter(({ path }) => path.startsWith("/file/"))).toEqual([]);
  });

  it("takes the token nowhere else when it is redirected", async () => {
    const other = await startFileGraph();
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const answers = [
      (response: ServerResponse) => void response.writeHead(302, { location: `${other.url}/file/x` }).end(),
    ];
    graph.files.set(waMediaId, { bytes: sampleFiles.pdf, answers });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(other.asked).toEqual([]);
    await other.close();
  });

  it("is tried for as long as Meta keeps it, at least once an hour", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    graph.files.delete(waMediaId);
    const startedAt = ctx.clock.now().getTime();
    const waitOnce = async (): Promise<number> => {
      await ctx.sql`truncate outbox`;
      expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
      const [{ at }] = await ctx.sql<[{ at: Date }]>`select next_attempt_at as at from media_objects`;
      const pauseSeconds = (at.getTime() - ctx.clock.now().getTime()) / 1000;
      ctx.clock.set(new Date(at.getTime() - 1));
      expect(await recover(ctx.system)).toMatchObject({ media: 0 });
      ctx.clock.advance(1);
      expect(await recover(ctx.system)).toMatchObject({ media: 1 });
      expect(await ctx.sql`select from outbox where name = 'wa/media.received'`).toHaveLength(1);
      return pauseSeconds;
    };
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) pauses.push(await waitOnce());
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
    // As it stands after some days.
    await ctx.sql`update media_objects set attempts = 2000`;
    ctx.clock.set(new Date(startedAt + 7 * DAY_MS - 3_600_000));
    expect(await waitOnce()).toBe(3_600);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "failed" });
    expect(await readRow(waMediaId)).toMatchObject({ state: "failed", error: { reason: "expired" } });
  });

  it("ends with Meta's keeping, whatever is in its way", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const fail = (): never => {
      throw new Error("nobody foresaw this");
    };
    const broken = {
      ...ctx.system,
      config: {
        ...ctx.system.config,
        get graph(): never {
          return fail();
        },
      },
    };
    await expect(downloadMedia(broken as never, mediaId)).rejects.toThrow("nobody foresaw this");
    expect(await readRow(waMediaId)).toMatchObject({ state: "pending", claim_expires_at: null });
    ctx.clock.advance(7 * DAY_MS);
    expect(await downloadMedia(broken as never, mediaId)).toMatchObject({ outcome: "failed" });
    expect(await readRow(waMediaId)).toMatchObject({ state: "failed", error: { reason: "expired" } });
  });

  it("waits for a new token, which its owner is told about once", async () => {
    const first = await receive(sampleFiles.pdf);
    const second = await receive(sampleFiles.png);
    const dead = { status: 401, body: { error: { code: 190 } } };
    for (const { waMediaId } of [first, second]) graph.refusals.set(waMediaId, dead);
    for (const { mediaId } of [first, second, first]) {
      expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    }
    expect(await view()).toMatchObject([
      { state: "pending", reason: "no_access" },
      { state: "pending", reason: "no_access" },
    ]);
    const alerts = await ctx.sql`select data from outbox where name = 'wa/alert.raised'`;
    const numberId = tenants.numbers.ann.id;
    expect([...alerts]).toEqual([{ data: { kind: "number_paused", phone_number_id: numberId, code: 190 } }]);
    graph.refusals.clear();
    expect(await downloadMedia(ctx.system, first.mediaId)).toMatchObject({ outcome: "ready" });
    await ctx.sql`update phone_numbers set paused_at = null, pause_code = null`;
  });

  it("makes no pause of what may be about the file alone, and tells its owner once", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    graph.refusals.set(waMediaId, { status: 403, body: { error: { code: 10 } } });
    for (const _ of [1, 2]) {
      expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    }
    const phoneNumberId = tenants.numbers.ann.id;
    const alerts = await ctx.sql`select data from outbox where name = 'wa/alert.raised'`;
    expect([...alerts]).toEqual([
      { data: { kind: "send_refused", phone_number_id: phoneNumberId, code: 10 } },
    ]);
    expect(await ctx.sql`select from phone_numbers where paused_at is not null`).toHaveLength(0);
    graph.refusals.clear();
  });

  it("does not make a pause of a file that it may not fetch for reasons unknown", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    graph.refusals.set(waMediaId, { status: 403, body: {} });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(await readRow(waMediaId)).toMatchObject({ error: { reason: "no_access", status: 403 } });
    expect(await ctx.sql`select from outbox where name = 'wa/alert.raised'`).toHaveLength(0);
    graph.refusals.clear();
  });

  it("waits while the disk takes nothing, which its owner is told about once", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const incoming = join(root, ".incoming");
    await rm(incoming, { recursive: true, force: true });
    await writeFile(incoming, "not a folder");
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "waiting" });
    await rm(incoming);
    expect(await readRow(waMediaId)).toMatchObject({
      state: "pending",
      error: { reason: "storage", code: expect.stringMatching(/^E[A-Z]+$/) as string },
    });
    const { code } = (await readRow(waMediaId)).error as unknown as { code: string };
    expect(ctx.logged.join("\n")).toContain(code);
    const alerts = await ctx.sql`select data from outbox where name = 'wa/alert.raised'`;
    expect([...alerts]).toEqual([{ data: { kind: "storage", state: code } }]);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
  });

  it("leaves the volume room for others", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const { config } = ctx.system;
    const media = { ...config.media, keepFreeBytes: Number.MAX_SAFE_INTEGER };
    const narrow = { ...ctx.system, config: { ...config, media } };
    expect(await downloadMedia(narrow, mediaId)).toMatchObject({ outcome: "waiting" });
    expect(await readRow(waMediaId)).toMatchObject({ error: { reason: "storage", code: "LOW_SPACE" } });
    expect(await ctx.sql`select from outbox where name = 'wa/alert.raised'`).toHaveLength(1);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
  });

  it("is not fetched when its author took the message back", async () => {
    const { waMediaId, mediaId, message } = await receive(sampleFiles.pdf, { filename: "private.pdf" });
    const revoke = {
      ...message,
      id: `wamid.revoke-${waMediaId}`,
      type: "revoke",
      revoke: { original_message_id: message.id },
      document: undefined,
    };
    await receiveWebhook(ctx, webhookBody("101", { messages: [revoke] }));
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "taken_back" });
    expect(graph.asked).toEqual([]);
    expect(await readRow(waMediaId)).toMatchObject({ state: "deleted", file_name: null, path: null });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "nothing_to_do" });
  });

  it("comes with what the business sent from its own app, too", async () => {
    const { id, message } = mediaMessage(sampleFiles.png, {}, "image");
    const echo = { ...message, from: "15550783881", to: PERSON };
    const metadata = { display_phone_number: "15550783881", phone_number_id: "101" };
    const change = { field: "smb_message_echoes", value: { metadata, message_echoes: [echo] } };
    const body = { object: "whatsapp_business_account", entry: [{ id: "900", changes: [change] }] };
    await receiveWebhook(ctx, body);
    await receiveWebhook(ctx, body);
    const events = await ctx.sql`select data from outbox where name = 'wa/media.received'`;
    const mediaId = (await readRow(id)).id;
    expect([...events]).toEqual([{ data: { media_id: mediaId } }]);
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
    expect(await view()).toMatchObject([{ id: mediaId, state: "ready", type: "image/png" }]);
    const get = (tenant: Tenants["ann"]) => callAs(ctx, tenant, "get_media_url", { media_id: mediaId });
    expect((await get(tenants.ann)).isError).toBe(false);
    expect(errorOf(await get(tenants.bob)).code).toBe("not_found");
  });

  it("is found again by the sweep when whoever had it died", async () => {
    const { waMediaId, mediaId } = await receive(sampleFiles.pdf);
    const until = new Date(ctx.clock.now().getTime() + 60_000);
    await ctx.sql`
      update media_objects set attempts = 1, claim_expires_at = ${until}, next_attempt_at = ${until}`;
    await ctx.sql`truncate outbox`;
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "nothing_to_do" });
    expect(await recover(ctx.system)).toMatchObject({ media: 0 });
    ctx.clock.advance(60_000);
    expect(await recover(ctx.system)).toMatchObject({ media: 1 });
    expect(await recover(ctx.system)).toMatchObject({ media: 0 });
    const [event] = await ctx.sql`select data from outbox where name = 'wa/media.received'`;
    expect(event).toEqual({ data: { media_id: mediaId } });
    expect(await downloadMedia(ctx.system, mediaId)).toMatchObject({ outcome: "ready" });
    expect(await readRow(waMediaId)).toMatchObject({ attempts: 2 });
  });

  it("keeps memory flat when two hundred come at once, and loses none", async () => {
    const bytes = Buffer.alloc(2_000_000, 7);
    const ids = [];
    for (let index = 0; index < 200; index += 1) ids.push((await receive(bytes)).mediaId);
    const before = process.memoryUsage().rss;
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    // Not eight at a time, as the function does it.
    await Promise.all(ids.map((id) => downloadMedia(ctx.system, id)));
    clearInterval(timer);
    const [{ count }] = await ctx.sql<[{ count: number }]>`
      select count(*)::int as count from media_objects where state = 'ready'`;
    expect(count).toBe(200);
    // 400 MB went through.
    expect(peak - before).toBeLessThan(200_000_000);
  }, 120_000);
});
