import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { plantFile } from "#tests/helpers/server/plant-file";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { startFileGraph, type FileGraph } from "#tests/helpers/server/start-file-graph";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";
import { statusOf, webhookBody } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const TO = { to: `+${PERSON}`, phone_number_id: "101", type: "image" };

let ctx: TestContext;
let tenants: Tenants;
let files: FileGraph;
let media: Awaited<ReturnType<typeof useMediaRoot>>;

beforeAll(async () => {
  files = await startFileGraph();
  ctx = await createTestContext({ config: { pairRate: false } });
  media = await useMediaRoot(ctx, files.url);
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate media_objects, messages, conversations, outbox, webhook_inbox cascade`;
  [files.uploads, ctx.graph.calls].forEach((list) => list.splice(0));
});

afterAll(async () => {
  await ctx.close();
  await files.close();
  await media.remove();
});

async function send(mediaId: string) {
  const answer = await callAs(ctx, tenants.ann, "send_media", { ...TO, media_id: mediaId });
  await deliverEvents(ctx);
  return readMessage(ctx, String(answer.structuredContent.message_id));
}

async function report(wamid: unknown, code: number): Promise<void> {
  const status = statusOf(String(wamid), "failed", ctx.clock.now(), { errors: [{ code }] });
  await receiveWebhook(ctx, webhookBody("101", { statuses: [status] }));
  await deliverEvents(ctx);
}

const readStatus = async (wamid: unknown) =>
  (await ctx.sql`select status from messages where wamid = ${String(wamid)}`)[0]?.status;

describe("a file that Meta reports later as one that did not work", () => {
  it.each([131_052, 131_053])(
    "with %i ends its message, and is uploaded again for the next",
    async (code) => {
      const { mediaId } = await plantFile(ctx, media.root, "101", { bytes: sampleFiles.png });
      const { wamid } = await send(mediaId);
      await report(wamid, code);
      expect(await readStatus(wamid)).toBe("failed");
      expect([files.uploads.length, ctx.graph.calls.length]).toEqual([1, 1]);
      expect((await send(mediaId)).status).toBe("accepted");
      expect(files.uploads).toHaveLength(2);
    },
  );

  it("is not uploaded again for what has nothing to do with it", async () => {
    const { mediaId } = await plantFile(ctx, media.root, "101", { bytes: sampleFiles.png });
    await report((await send(mediaId)).wamid, 131_026);
    expect((await send(mediaId)).status).toBe("accepted");
    expect(files.uploads).toHaveLength(1);
  });

  it("may be one that was sent from the business's own app, which is not ours", async () => {
    const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
    const image = { id: "4711", mime_type: "image/png" };
    const echo = { from: "15550783881", to: PERSON, id: "wamid.echo", timestamp, type: "image", image };
    const metadata = { display_phone_number: "15550783881", phone_number_id: "101" };
    const change = { field: "smb_message_echoes", value: { metadata, message_echoes: [echo] } };
    await receiveWebhook(ctx, {
      object: "whatsapp_business_account",
      entry: [{ id: "900", changes: [change] }],
    });
    await report("wamid.echo", 131_053);
    expect(await readStatus("wamid.echo")).toBe("failed");
  });
});
