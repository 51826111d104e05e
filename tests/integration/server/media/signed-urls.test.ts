import { rm, symlink } from "node:fs/promises";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createApp, createRouter, toNodeListener, type EventHandler } from "h3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setClientState } from "#server/utils/admin/clients/set-client-state";
import { revokeMediaUrls } from "#server/utils/admin/media/revoke-media-urls";
import type { App } from "#server/utils/app";
import { provideApp } from "#server/utils/use-app";
import { eventually } from "#tests/helpers/eventually";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { UNTRUSTED_NOTICE } from "#server/utils/messaging/untrusted-notice";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantFile, type PlantedFile } from "#tests/helpers/server/plant-file";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { adminOf, mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";

const BYTES = Buffer.concat([sampleFiles.png, Buffer.alloc(5_000, 1)]);

let ctx: TestContext;
let tenants: Tenants;
let server: Server;
let media: Awaited<ReturnType<typeof useMediaRoot>>;
let file: PlantedFile;

beforeAll(async () => {
  ctx = await createTestContext();
  media = await useMediaRoot(ctx);
  tenants = await seedTenants(ctx);
  // Nothing else of the app is asked by this route.
  provideApp(Promise.resolve({ system: ctx.system } as App));
  // By the file's name, as the build finds it.
  const path = "../../../../server/routes/media/[id].ts";
  const { default: route } = (await import(/* @vite-ignore */ path)) as { default: EventHandler };
  const app = createApp().use(createRouter().use("/media/:id", route));
  server = createServer(toNodeListener(app));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

beforeEach(async () => {
  file = await plantFile(ctx, media.root, "101", { bytes: BYTES });
  await ctx.sql`truncate audit_log`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await ctx.close();
  await media.remove();
});

type Answer = { url: string; expires_at: string; type: string; size: number };

async function urlOf(
  args: Record<string, unknown> = { media_id: file.mediaId },
  tenant = tenants.ann,
): Promise<string> {
  const answer = await callAs(ctx, tenant, "get_media_url", args);
  if (answer.isError) throw new Error(errorOf(answer).code);
  return (answer.structuredContent as unknown as Answer).url;
}

const here = (url: string): string => {
  const { pathname, search } = new URL(url);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}${search}`;
};
const get = (url: string, init: RequestInit = {}): Promise<Response> => fetch(here(url), init);
const statusOf = async (url: string, init?: RequestInit): Promise<number> => {
  const response = await get(url, init);
  await response.arrayBuffer();
  return response.status;
};
// Only Linux tells which files a process has open.
const FILES = "/proc/self/fd";
const openFiles = (): string[] =>
  (existsSync(FILES) ? readdirSync(FILES) : []).flatMap((fd) => {
    try {
      const target = readlinkSync(join(FILES, fd));
      return target.startsWith(media.root) ? [target] : [];
    } catch {
      return [];
    }
  });

describe("GET /media/{id}", () => {
  it("gives the bytes, as nothing that runs", async () => {
    const response = await get(await urlOf());
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(BYTES);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": String(BYTES.length),
      "content-disposition": `attachment; filename="${file.mediaId}.png"`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "private, no-store",
      "accept-ranges": "bytes",
    });
  });

  it.each(["text/html", null])("calls a page a file, and what nobody knows: %s", async (type) => {
    await ctx.sql`update media_objects set sniffed_type = ${type} where id = ${file.mediaId}`;
    const response = await get(await urlOf());
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    await response.arrayBuffer();
  });

  it("gives a piece, the rest, and only of the same file", async () => {
    const url = await urlOf();
    const piece = await get(url, { headers: { range: "bytes=10-19" } });
    expect([piece.status, piece.headers.get("content-range")]).toEqual([206, `bytes 10-19/${BYTES.length}`]);
    expect(Buffer.from(await piece.arrayBuffer())).toEqual(BYTES.subarray(10, 20));
    const etag = piece.headers.get("etag") ?? "";
    expect(await statusOf(url, { headers: { range: "bytes=10-", "if-range": etag } })).toBe(206);
    expect(await statusOf(url, { headers: { range: "bytes=10-", "if-range": '"other"' } })).toBe(200);
    const outside = await get(url, { headers: { range: "bytes=9000-" } });
    expect([outside.status, outside.headers.get("content-range")]).toEqual([416, `bytes */${BYTES.length}`]);
    expect(openFiles()).toEqual([]);
  });

  it("tells of a file without sending it", async () => {
    const response = await get(await urlOf(), { method: "HEAD" });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, String(BYTES.length)]);
    expect(await response.text()).toBe("");
    expect(openFiles()).toEqual([]);
  });

  it.runIf(existsSync(FILES))("closes the file when the client leaves in the middle", async () => {
    file = await plantFile(ctx, media.root, "101", { bytes: Buffer.alloc(50_000_000) });
    const leaving = new AbortController();
    const response = await get(await urlOf(), { signal: leaving.signal });
    await response.body?.getReader().read();
    expect(openFiles()).toHaveLength(1);
    leaving.abort();
    await eventually(() => expect(openFiles()).toEqual([]));
  });

  it("is 404, and the same 404, for whatever is wrong", async () => {
    const url = await urlOf();
    const other = await plantFile(ctx, media.root, "102", { bytes: BYTES });
    const change = (edit: (url: URL) => void): string => {
      const changed = new URL(url);
      edit(changed);
      return changed.href;
    };
    const wrong = [
      change((u) => u.searchParams.set("client", tenants.bob.clientId)),
      change((u) => u.searchParams.set("expires", String(Number(u.searchParams.get("expires")) + 1))),
      change((u) => u.searchParams.delete("signature")),
      change((u) => u.searchParams.append("signature", "x")),
      change((u) => (u.pathname = `/media/${other.mediaId}`)),
      change((u) => (u.pathname = `/media/${tenants.ann.clientId}`)),
      change((u) => (u.pathname = "/media/..%2f..%2fetc%2fpasswd")),
    ];
    const answers = await Promise.all(
      wrong.map(async (at) => {
        const response = await get(at);
        return [response.status, await response.text()];
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.[0]).toBe(404);
    expect(await statusOf(url, { method: "POST" })).toBe(404);
    expect(await statusOf(url)).toBe(200);
  });

  it("is 404 once its time is over", async () => {
    const url = await urlOf();
    ctx.clock.advance(300_000);
    expect(await statusOf(url)).toBe(404);
  });

  it("is 404 once it was revoked, and a new one is good again", async () => {
    const url = await urlOf();
    await revokeMediaUrls(adminOf(ctx), file.mediaId);
    expect(await statusOf(url)).toBe(404);
    ctx.clock.advance(1);
    expect(await statusOf(await urlOf())).toBe(200);
    await expect(revokeMediaUrls(adminOf(ctx), tenants.ann.clientId)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(revokeMediaUrls(adminOf(ctx), "nonsense")).rejects.toMatchObject({ code: "not_found" });
  });

  it("is 404 while its client is disabled, and without the grant", async () => {
    const url = await urlOf();
    await setClientState(adminOf(ctx), { client: "ann", state: "disabled" });
    expect(await statusOf(url)).toBe(404);
    await setClientState(adminOf(ctx), { client: "ann", state: "enabled" });
    expect(await statusOf(url)).toBe(200);
    const where = ctx.sql`client_id = ${tenants.ann.clientId} and phone_number_id = ${tenants.numbers.ann.id}`;
    await ctx.sql`update grants set revoked_at = now() where ${where}`;
    expect(await statusOf(url)).toBe(404);
    await ctx.sql`update grants set revoked_at = null where ${where}`;
    expect(await statusOf(url)).toBe(200);
  });

  it("is 404 once the conversation is somebody else's", async () => {
    const shared = await plantFile(ctx, media.root, "103", { bytes: BYTES, from: "16505559999" });
    await ctx.sql`
      update conversations set owner_client_id = ${tenants.ann.clientId}
      where id = (select conversation_id from messages where id = ${shared.messageId})`;
    const url = await urlOf({ media_id: shared.mediaId });
    expect(await statusOf(url)).toBe(200);
    await ctx.sql`
      update conversations set owner_client_id = ${tenants.bob.clientId}
      where id = (select conversation_id from messages where id = ${shared.messageId})`;
    expect(await statusOf(url)).toBe(404);
    expect(await statusOf(await urlOf({ media_id: shared.mediaId }, tenants.bob))).toBe(200);
  });

  it("is 404 once its author took the message back, and when the file is lost", async () => {
    const url = await urlOf();
    await ctx.sql`update messages set revoked_at = now() where id = ${file.messageId}`;
    expect(await statusOf(url)).toBe(404);
    await ctx.sql`update messages set revoked_at = null where id = ${file.messageId}`;
    await rm(join(media.root, file.path));
    expect(await statusOf(url)).toBe(404);
  });
});

describe("get_media_url", () => {
  it("gives a link and its block by either id, and is recorded", async () => {
    const answer = await callAs(ctx, tenants.ann, "get_media_url", { message_id: file.messageId });
    const { url, ...rest } = answer.structuredContent as unknown as Answer;
    const expiresAt = new Date(ctx.clock.now().getTime() + 300_000).toISOString();
    const facts = { type: "image/png", size: BYTES.length };
    expect(rest).toEqual({ expires_at: expiresAt, ...facts, notice: UNTRUSTED_NOTICE });
    expect(answer.content).toEqual([
      {
        type: "resource_link",
        uri: url,
        name: `${file.mediaId}.png`,
        mimeType: "image/png",
        size: BYTES.length,
      },
    ]);
    const rows = await ctx.sql`select action, outcome, message_id from audit_log`;
    expect([...rows]).toEqual([{ action: "tool.get_media_url", outcome: "ok", message_id: file.messageId }]);
  });

  it("shows a small picture when it is asked to", async () => {
    const answer = await callAs(ctx, tenants.ann, "get_media_url", { media_id: file.mediaId, inline: true });
    expect(answer.content?.[1]).toEqual({
      type: "image",
      data: BYTES.toString("base64"),
      mimeType: "image/png",
    });
  });

  it("shows nothing else", async () => {
    const call = () => callAs(ctx, tenants.ann, "get_media_url", { media_id: file.mediaId, inline: true });
    await ctx.sql`update media_objects set size_bytes = 1000001 where id = ${file.mediaId}`;
    expect(errorOf(await call()).code).toBe("payload_too_large");
    await ctx.sql`update media_objects set size_bytes = 10, sniffed_type = 'image/svg+xml' where id = ${file.mediaId}`;
    expect(errorOf(await call()).code).toBe("invalid_arguments");
  });

  it("says what is not there yet, or not any more", async () => {
    const call = () => callAs(ctx, tenants.ann, "get_media_url", { media_id: file.mediaId });
    for (const state of ["pending", "failed", "deleted"]) {
      await ctx.sql`update media_objects set state = ${state} where id = ${file.mediaId}`;
      expect(errorOf(await call())).toMatchObject({ code: "conflict", details: { state } });
    }
  });

  it.each([false, true])("says that a file is lost, also in the record; inline: %s", async (inline) => {
    await rm(join(media.root, file.path));
    const answer = await callAs(ctx, tenants.ann, "get_media_url", { media_id: file.mediaId, inline });
    expect(errorOf(answer)).toMatchObject({
      code: "not_found",
      message: expect.stringContaining("lost") as string,
    });
    const rows = await ctx.sql`select outcome, error_code from audit_log`;
    expect([...rows]).toEqual([{ outcome: "refused", error_code: "not_found" }]);
  });

  it.each([false, true])("says that the disk fails, also in the record; inline: %s", async (inline) => {
    const path = join(media.root, file.path);
    await rm(path);
    await symlink(path, path);
    const answer = await callAs(ctx, tenants.ann, "get_media_url", { media_id: file.mediaId, inline });
    expect(errorOf(answer).code).toBe("unavailable");
    const rows = await ctx.sql`select outcome, error_code from audit_log`;
    expect([...rows]).toEqual([{ outcome: "failed", error_code: "unavailable" }]);
  });

  it("shows the sender's name for it, cut between two signs", async () => {
    for (const length of [199, 194, 195, 196, 197, 198, 200]) {
      await ctx.sql`
        update media_objects set file_name = ${"a".repeat(length) + "\u{1F600}.png"} where id = ${file.mediaId}`;
      const answer = await callAs(ctx, tenants.ann, "get_media_url", { media_id: file.mediaId });
      const { untrusted_file_name: name } = answer.structuredContent as { untrusted_file_name: string };
      expect(name).not.toMatch(/\p{Surrogate}/u);
      expect(name.startsWith("a".repeat(length))).toBe(true);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    }
  });

  it("wants one id, and knows nobody else's", async () => {
    expect(errorOf(await callAs(ctx, tenants.ann, "get_media_url", {})).code).toBe("invalid_arguments");
    const both = { media_id: file.mediaId, message_id: file.messageId };
    expect(await statusOf(await urlOf(both))).toBe(200);
    const other = await plantFile(ctx, media.root, "101", { bytes: BYTES });
    const mixed = { ...both, media_id: other.mediaId };
    expect(errorOf(await callAs(ctx, tenants.ann, "get_media_url", mixed)).code).toBe("not_found");
    for (const args of [{ media_id: file.mediaId }, { message_id: file.messageId }]) {
      expect(errorOf(await callAs(ctx, tenants.bob, "get_media_url", args)).code).toBe("not_found");
    }
    const narrow = await mintKey(ctx, tenants.ann.clientId, ["tools:get_media_url", "numbers:103"]);
    const answer = await callAs(ctx, narrow, "get_media_url", { media_id: file.mediaId });
    expect(errorOf(answer).code).toBe("not_found");
    const reading = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:101"]);
    const refused = await callAs(ctx, reading, "get_media_url", { media_id: file.mediaId });
    expect(errorOf(refused).code).toBe("forbidden");
  });
});
