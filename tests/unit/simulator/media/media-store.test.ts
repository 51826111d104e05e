import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { defaultSettings, type Settings } from "#simulator/core/settings";
import { createMediaLinks } from "#simulator/media/media-links";
import { type MediaInput, MediaStore } from "#simulator/media/media-store";
import { createManualClock, type ManualClock } from "../manual-clock";

const DAY_MS = 24 * 3600 * 1000;

let clock: ManualClock;
let settings: Settings;
let store: MediaStore;

beforeEach(() => {
  clock = createManualClock();
  settings = defaultSettings();
  store = new MediaStore(clock, settings);
});

const add = (sizeBytes: number, more: Partial<MediaInput> = {}) =>
  store.add({
    phoneNumberId: "1",
    origin: "upload",
    mimeType: "image/png",
    content: Buffer.alloc(sizeBytes, 7),
    ...more,
  });

describe("MediaStore", () => {
  it("hashes what it keeps and numbers it with digits", () => {
    const media = add(10);
    expect(media).toMatchObject({ sizeBytes: 10, sha256: sha256(Buffer.alloc(10, 7)) });
    expect(media.id).toMatch(/^\d{15,16}$/);
    expect(store.find(media.id)?.read()).toEqual(Buffer.alloc(10, 7));
  });

  it.each([
    ["upload", 30 * DAY_MS],
    ["inbound", 7 * DAY_MS],
  ] as const)("lets an %s expire in time, for the business but not for the phone", async (origin, lifeMs) => {
    const { id } = add(1, { origin });
    await clock.advance(lifeMs - 1);
    expect(store.find(id)).toBeDefined();
    await clock.advance(1);
    expect(store.find(id)).toBeUndefined();
    expect(store.keep(id)).toBeDefined();
  });

  it("gives a file a life of its own when it was asked for", async () => {
    const { id } = add(1, { ttlMs: 60_000 });
    await clock.advance(60_000);
    expect(store.find(id)).toBeUndefined();
  });

  it("hides a deleted file from the business", () => {
    const media = add(1);
    media.deleted = true;
    expect(store.find(media.id)).toBeUndefined();
    expect(store.keep(media.id)).toBe(media);
  });

  it("drops the oldest beyond its bound, never the newest", () => {
    settings.media_limit_bytes = 100;
    const [first, second, third] = [add(60), add(40), add(50)];
    expect([first, second, third].map(({ id }) => store.keep(id) !== undefined)).toEqual([false, true, true]);
    expect(store.weightBytes).toBe(90);
    const large = add(1000);
    expect(store.count).toBe(1);
    expect(store.keep(large.id)).toBe(large);
  });

  it("keeps made up files for nothing, the same bytes each time", () => {
    settings.media_limit_bytes = 100;
    const made = add(0, { content: { seed: "a", sizeBytes: 50_000 } });
    const other = add(0, { content: { seed: "b", sizeBytes: 50_000 } });
    add(100);
    expect(store.weightBytes).toBe(100);
    expect(made.read()).toEqual(made.read());
    expect(sha256(made.read())).toBe(made.sha256);
    expect(made.sha256).not.toBe(other.sha256);
    expect(made.read().subarray(1, 4).toString()).toBe("PNG");
  });

  it("bounds the number of files as well", () => {
    const first = add(0, { content: { seed: "a", sizeBytes: 1 } });
    for (let index = 0; index < 50_000; index += 1) add(0, { content: { seed: "b", sizeBytes: 1 } });
    expect(store.count).toBe(50_000);
    expect(store.keep(first.id)).toBeUndefined();
  });
});

describe("createMediaLinks", () => {
  const read = (url: string, change: Record<string, string> = {}) =>
    links.read({ ...Object.fromEntries(new URL(url).searchParams), ...change });
  let links: ReturnType<typeof createMediaLinks>;
  beforeEach(() => {
    links = createMediaLinks(clock, settings);
  });

  it("is good for five minutes", async () => {
    const url = links.create("http://meta", "42");
    expect(url).toMatch(/^http:\/\/meta\/whatsapp_business\/attachments\/\?mid=42&ext=\d+&hash=/);
    await clock.advance(299_999);
    expect(read(url)).toBe("42");
    await clock.advance(1);
    expect(read(url)).toBeUndefined();
  });

  it.each([{ mid: "43" }, { ext: "99999999999999" }, { hash: "x" }, { hash: "" }])("refuses %j", (change) => {
    expect(read(links.create("http://meta", "42"), change)).toBeUndefined();
  });

  it("refuses the links of another simulator", () => {
    expect(read(createMediaLinks(clock, settings).create("http://meta", "42"))).toBeUndefined();
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
