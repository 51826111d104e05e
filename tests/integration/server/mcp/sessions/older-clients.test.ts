import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLegacyPeer } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { plantFile } from "#tests/helpers/server/plant-file";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";

let ctx: TestContext;
let tenants: Tenants;
let media: Awaited<ReturnType<typeof useMediaRoot>>;
let replicas: Replica[];

beforeAll(async () => {
  ctx = await createTestContext();
  media = await useMediaRoot(ctx);
  tenants = await seedTenants(ctx);
  replicas = [await openReplica(ctx), await openReplica(ctx)];
});

afterAll(async () => {
  for (const replica of replicas) await replica.kill();
  await ctx.close();
  await media.remove();
});

describe("a file's link", () => {
  it.each([
    ["2024-11-05", ["text", "image"]],
    ["2025-03-26", ["text", "image"]],
    ["2025-06-18", ["text", "resource_link", "image"]],
    ["2025-11-25", ["text", "resource_link", "image"]],
    // Answered with the newest.
    ["1999-01-01", ["text", "resource_link", "image"]],
  ])("is a block of its own only where MCP has such blocks: %s", async (version, types) => {
    const { mediaId } = await plantFile(ctx, media.root, "101", { bytes: sampleFiles.png });
    const [first, second] = replicas as [Replica, Replica];
    const peer = await openLegacyPeer(first, tenants.ann.principal, {}, version);
    // Also where another process takes the session up.
    for (const replica of [first, second]) {
      const call = { name: "get_media_url", arguments: { media_id: mediaId, inline: true } };
      const { result } = (await peer.ask(replica, "tools/call", call)) as {
        result: { content: { type: string; text?: string }[]; structuredContent: { url: string } };
      };
      expect(result.content.map(({ type }) => type)).toEqual(types);
      expect(JSON.parse(String(result.content[0]?.text))).toMatchObject({
        url: result.structuredContent.url,
      });
    }
    await peer.end(first);
  });
});
