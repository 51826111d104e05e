import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { downloadMedia } from "#server/utils/media/inbound/download-media";
import { mediaSource } from "#server/utils/media/outbound/media-source";
import { insertOutboundMedia } from "#server/utils/media/outbound/store";
import { uploadFile } from "#server/utils/messaging/sending/files/upload-file";
import { startSimulator, type Simulator } from "#simulator/start-simulator";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";
import { webhookBody } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";

let ctx: TestContext;
let tenants: Tenants;
let simulator: Simulator;
let media: Awaited<ReturnType<typeof useMediaRoot>>;

beforeAll(async () => {
  simulator = await startSimulator({
    appSecret: "app-secret",
    verifyToken: "verify-token",
    accessToken: "access-token",
    numbers: [{ id: "101", display: "+1 555 078 3881" }],
    wabaId: "900",
  });
  ctx = await createTestContext();
  media = await useMediaRoot(ctx, simulator.url);
  tenants = await seedTenants(ctx);
});

afterAll(async () => {
  await simulator.close();
  await ctx.close();
  await media.remove();
});

async function receive(more: { wrong_sha256?: boolean } = {}): Promise<{ id: string; waMediaId: string }> {
  const sent = await simulator.sendBytesFromPerson(PERSON, { type: "image", ...more }, sampleFiles.png);
  const { id, mime_type, sha256 } = sent.media ?? { id: "", mime_type: "", sha256: "" };
  const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
  const image = { id, mime_type, sha256 };
  const message = { from: PERSON, id: sent.wamid, timestamp, type: "image", image };
  await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
  const [row] = await ctx.sql<[{ id: string }]>`select id from media_objects where wa_media_id = ${id}`;
  return { id: row.id, waMediaId: id };
}

describe("a picture, on the simulator", () => {
  it("comes in and goes out again, byte for byte", async () => {
    const { id } = await receive();
    expect(await downloadMedia(ctx.system, id)).toMatchObject({ outcome: "ready" });
    const [row] = await ctx.sql<[{ path: string }]>`select path from media_objects where id = ${id}`;
    expect(await readFile(join(media.root, row.path))).toEqual(sampleFiles.png);

    const { clientId } = tenants.ann;
    const own = { id: newId(), clientId, phoneNumberId: tenants.numbers.ann.id, messageId: null };
    const what = { kind: "image" as const, sourceUrl: mediaSource.of(id), fileName: undefined };
    const createdAt = ctx.clock.now();
    await ctx.database.asClient(clientId, (tx) => insertOutboundMedia(tx, { ...own, ...what, createdAt }));
    expect(await uploadFile(ctx.system, own.id)).toMatchObject({ outcome: "uploaded" });
    const [sent] = await ctx.sql<[{ wa_media_id: string }]>`
      select wa_media_id from media_objects where id = ${own.id}`;
    const { bytes } = await simulator.readMedia(sent.wa_media_id);
    expect(Buffer.from(bytes)).toEqual(sampleFiles.png);
  });

  it("is not kept when it is not what was announced", async () => {
    const { id } = await receive({ wrong_sha256: true });
    expect(await downloadMedia(ctx.system, id)).toMatchObject({ outcome: "waiting" });
    const [row] = await ctx.sql`select state, path, error from media_objects where id = ${id}`;
    expect(row).toMatchObject({ state: "pending", path: null, error: { reason: "hash_mismatch" } });
  });
});
