import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "#dev/stack/until";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

const PICTURES = 200;
const PICTURE_BYTES = 2_000_000;
const MEMORY_LIMIT_BYTES = 300_000_000;
const TIMEOUT_MS = 300_000;

let stack: TestStack;
let sql: postgres.Sql;
let mediaRoot: string;
beforeAll(async () => {
  mediaRoot = await mkdtemp(join(tmpdir(), "wamcp-downloads-"));
  const serverEnv = { MEDIA_ROOT: mediaRoot, DOWNLOADS_AT_ONCE: String(PICTURES) };
  stack = await openTestStack({ serverEnv });
  sql = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql?.end({ timeout: 5 });
  await stack?.stop();
  await rm(mediaRoot, { recursive: true, force: true });
});

/** The most that the server's process ever held; 0 where there is no /proc, which it says. */
async function readPeakBytes(): Promise<number> {
  const status = await readFile(`/proc/${stack.server.pid}/status`, "utf8").catch(() => "");
  const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  const megabytes = Math.round(Number(kilobytes) / 1000);
  process.stderr.write(
    `the server held ${status === "" ? "nobody knows how much" : `${megabytes} MB`} at most\n`,
  );
  return Number(kilobytes) * 1024;
}

async function countReady(): Promise<number> {
  const [row] = await sql<[{ ready: number }]>`
    select count(*)::int as ready from media_objects where state = 'ready'`;
  return row.ready;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(join(mediaRoot, path)), hash);
  return hash.digest("hex");
}

it(
  "of 200 pictures at once stay below 300 MB, and none is lost when the server is killed at work",
  async () => {
    const sent = new Map<string, string>();
    for (let number = 0; number < PICTURES; number += 1) {
      const picture = { type: "image" as const, random_bytes: PICTURE_BYTES, seed: `picture ${number}` };
      const { media } = await stack.phones.sendMediaFromPerson(`1650555${1000 + number}`, picture);
      if (media) sent.set(media.id, media.sha256);
    }
    expect(sent.size).toBe(PICTURES);

    const beforeKill = await until("some of the pictures", 60_000, async () => {
      const ready = await countReady();
      return ready >= PICTURES / 10 ? ready : undefined;
    });
    const peaks = [await readPeakBytes()];
    await stack.server.kill();
    expect(beforeKill).toBeLessThan(PICTURES);

    await until("all pictures", 240_000, async () => ((await countReady()) === PICTURES ? true : undefined));
    peaks.push(await readPeakBytes());
    expect(Math.max(...peaks)).toBeLessThan(MEMORY_LIMIT_BYTES);

    const rows = await sql<{ id: string; path: string }[]>`select wa_media_id as id, path from media_objects`;
    for (const { id, path } of rows) expect([id, await hashFile(path)]).toEqual([id, sent.get(id)]);
    expect(rows).toHaveLength(PICTURES);
  },
  TIMEOUT_MS,
);
