import { existsSync } from "node:fs";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SystemContext } from "#server/utils/context";
import { newId } from "#server/utils/ids";
import { linkFile } from "#server/utils/media/link-file";
import { retainMedia } from "#server/utils/retention/retain-media";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantFile } from "#tests/helpers/server/plant-file";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants } from "#tests/helpers/server/seed-tenants";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";

const DAY_MS = 24 * 60 * 60_000;

let ctx: TestContext;
let media: Awaited<ReturnType<typeof useMediaRoot>>;
let startedAt: Date;

beforeAll(async () => {
  ctx = await createTestContext();
  media = await useMediaRoot(ctx);
  await seedTenants(ctx);
  startedAt = ctx.clock.now();
});

beforeEach(async () => {
  await ctx.sql`truncate media_objects, messages, conversations, outbox, audit_log cascade`;
  ctx.clock.set(startedAt);
  for (const name of await readdir(media.root)) await rm(join(media.root, name), { recursive: true });
});

afterAll(async () => {
  await ctx.close();
  await media.remove();
});

const plant = () => plantFile(ctx, media.root, "101", { bytes: sampleFiles.png });
const isThere = (path: string): boolean => existsSync(join(media.root, path));
const states = async () => [...(await ctx.sql`select state, path from media_objects order by id`)];

async function leave(path: string, ageMs: number): Promise<void> {
  const at = new Date(ctx.clock.now().getTime() - ageMs);
  await mkdir(dirname(join(media.root, path)), { recursive: true });
  await writeFile(join(media.root, path), "x");
  await utimes(join(media.root, path), at, at);
}

describe("retainMedia", () => {
  it("deletes nothing by age when it is off, which it is by default", async () => {
    const { path } = await plant();
    await utimes(join(media.root, path), startedAt, startedAt);
    ctx.clock.advance(10_000 * DAY_MS);
    expect(await retainMedia(ctx.system)).toEqual({ deleted: 0, orphans: 0 });
    expect(isThere(path)).toBe(true);
  });

  it("deletes files that are old, and says so in their rows and in one line of the record", async () => {
    const old = await plant();
    ctx.clock.advance(20 * DAY_MS);
    const young = await plant();
    ctx.clock.advance(11 * DAY_MS);
    const config = { ...ctx.system.config, media: { ...ctx.system.config.media, keepDays: 30 } };
    const keeping: SystemContext = { ...ctx.system, config };
    expect(await retainMedia(keeping)).toEqual({ deleted: 1, orphans: 0 });
    expect([isThere(old.path), isThere(young.path)]).toEqual([false, true]);
    expect(await states()).toEqual([
      { state: "deleted", path: null },
      { state: "ready", path: young.path },
    ]);
    expect(await retainMedia(keeping)).toEqual({ deleted: 0, orphans: 0 });
    expect(await ctx.sql`select from audit_log where action = 'retention.media'`).toHaveLength(1);
  });

  it("deletes files whose messages were deleted or taken back", async () => {
    const [gone, revoked] = [await plant(), await plant()];
    await ctx.sql`delete from messages where id = ${gone.messageId}`;
    await ctx.sql`update messages set revoked_at = now() where id = ${revoked.messageId}`;
    expect(await retainMedia(ctx.system)).toEqual({ deleted: 2, orphans: 0 });
    expect([isThere(gone.path), isThere(revoked.path)]).toEqual([false, false]);
    expect(await states()).toEqual([{ state: "deleted", path: null }]);
  });

  it("removes what a crash left on the disk a day ago, and nothing of others", async () => {
    // Nobody can set when a file was given its name: the disk says that it was now.
    ctx.clock.set(new Date(Date.now() + 2 * DAY_MS));
    const { path } = await plant();
    const [orphan, part, young] = [
      `a/2026/01/${newId()}.png`,
      `.incoming/${newId()}.part`,
      `a/${newId()}.png`,
    ];
    for (const left of [orphan, part, "somebody's.txt", path]) await leave(left, 2 * DAY_MS);
    await leave(young, DAY_MS / 2);
    expect(await retainMedia(ctx.system)).toEqual({ deleted: 0, orphans: 2 });
    expect([orphan, part, "somebody's.txt", path, young].map(isThere)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("leaves a second name of an old file alone that was given just now", async () => {
    ctx.clock.set(new Date());
    const { path } = await plant();
    const old = new Date(Date.now() - 40 * DAY_MS);
    await utimes(join(media.root, path), old, old);
    // Whoever gave it has not come to saying so.
    const second = `${path.slice(0, path.lastIndexOf("/"))}/${newId()}.png`;
    await linkFile(media.root, path, second);
    expect(await retainMedia(ctx.system)).toEqual({ deleted: 0, orphans: 0 });
    expect(isThere(second)).toBe(true);
  });
});
