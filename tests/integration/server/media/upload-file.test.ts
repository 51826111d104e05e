import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { INTERNET, type RemoteRules } from "#server/utils/media/fetch-remote";
import { insertOutboundMedia } from "#server/utils/media/outbound/store";
import { mediaSource } from "#server/utils/media/outbound/media-source";
import { uploadFile } from "#server/utils/messaging/sending/files/upload-file";
import type { MediaKind } from "#server/utils/meta/media-limits";
import { eventually } from "#tests/helpers/eventually";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantFile } from "#tests/helpers/server/plant-file";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { sendJson, startFileGraph, type FileGraph } from "#tests/helpers/server/start-file-graph";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";

const DAY_MS = 24 * 60 * 60_000;

let ctx: TestContext;
let tenants: Tenants;
let graph: FileGraph;
let media: Awaited<ReturnType<typeof useMediaRoot>>;
/** A stranger's server, which answers as a test wants. */
let site: Server;
let answer: (response: ServerResponse, path: string) => void;
let visits: string[] = [];

beforeAll(async () => {
  graph = await startFileGraph();
  ctx = await createTestContext();
  media = await useMediaRoot(ctx, graph.url);
  tenants = await seedTenants(ctx);
  site = createServer((request, response) => {
    visits.push(request.url ?? "");
    answer(response, request.url ?? "");
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
});

beforeEach(async () => {
  await ctx.sql`truncate media_objects, messages, conversations, outbox cascade`;
  [graph.uploads, graph.uploadAnswers, visits].forEach((list) => list.splice(0));
  answer = (response) => response.end(sampleFiles.png);
});

afterAll(async () => {
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
  await ctx.close();
  await graph.close();
  await media.remove();
});

const siteUrl = (path = "/file", host = "files.test"): string =>
  `http://${host}:${(site.address() as AddressInfo).port}${path}`;

/** files.test is this machine; every other name, and every other address, is refused as it always is. */
const RULES: RemoteRules = {
  ...INTERNET,
  isAllowed: (url) => url.protocol === "http:",
  timeoutMs: 2_000,
  guard: {
    resolve: async (host) => [{ address: host === "files.test" ? "127.0.0.1" : "10.0.0.1", family: 4 }],
    mayConnect: (address) => address === "127.0.0.1",
  },
};

async function queue(
  sourceUrl: string,
  kind: MediaKind = "image",
  tenant: Tenant = tenants.ann,
): Promise<string> {
  const id = newId();
  const phoneNumberId = tenant === tenants.bob ? tenants.numbers.bob.id : tenants.numbers.ann.id;
  const row = { id, phoneNumberId, clientId: tenant.clientId, messageId: null, kind, sourceUrl };
  const more = { fileName: undefined, createdAt: ctx.clock.now() };
  await ctx.database.asClient(tenant.clientId, (tx) => insertOutboundMedia(tx, { ...row, ...more }));
  return id;
}

const readRow = async (id: string) => (await ctx.sql`select * from media_objects where id = ${id}`)[0];
const run = async (id: string, rules = RULES) => (await uploadFile(ctx.system, id, undefined, rules)).outcome;
/** What Meta calls the file then. */
async function upload(id: string): Promise<unknown> {
  await run(id);
  return (await readRow(id))?.wa_media_id;
}
async function refusalOf(id: string, rules = RULES): Promise<unknown> {
  expect(await run(id, rules)).toBe("refused");
  const { state, error } = (await readRow(id)) ?? {};
  expect(state).toBe("failed");
  return error;
}

describe("uploadFile", () => {
  it("fetches a file, keeps it, and gives it to Meta with its type and a name of ours", async () => {
    const id = await queue(siteUrl());
    expect(await upload(id)).toBe("uploaded-1");
    const row = await readRow(id);
    expect(await readFile(join(media.root, String(row?.path)))).toEqual(sampleFiles.png);
    const { form, waPhoneNumberId } = graph.uploads[0] ?? {};
    const file = form?.get("file") as File;
    expect([waPhoneNumberId, form?.get("messaging_product"), form?.get("type")]).toEqual([
      "101",
      "whatsapp",
      "image/png",
    ]);
    expect([file.name, file.type]).toEqual([`${id}.png`, "image/png"]);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(sampleFiles.png);
    const expiresAt = new Date(ctx.clock.now().getTime() + 30 * DAY_MS);
    expect(row).toMatchObject({ state: "ready", wa_media_id: "uploaded-1", wa_media_expires_at: expiresAt });
    expect(graph.asked.some(({ path, hasToken }) => path.endsWith("/media") && hasToken)).toBe(true);
  });

  it("does it once, however many want it at once", async () => {
    const id = await queue(siteUrl());
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => run(id)));
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 5 }, () => "nothing_to_do"), "uploaded"]);
    expect(await run(id)).toBe("nothing_to_do");
    expect([visits.length, graph.uploads.length]).toEqual([1, 1]);
  });

  it("has nothing to do when another ended between its look at the file and its claim", async () => {
    const id = await queue(siteUrl());
    let late: Promise<string> | undefined;
    await ctx.sql.begin(async (sql) => {
      const expiresAt = new Date(ctx.clock.now().getTime() + 30 * DAY_MS);
      await sql`update media_objects set state = 'ready', wa_media_id = 'of-the-other', wa_media_expires_at = ${expiresAt}
        where id = ${id}`;
      late = run(id);
      await eventually(async () => {
        const waiting = await ctx.sql`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        expect(waiting).toHaveLength(1);
      });
    });
    expect(await late).toBe("nothing_to_do");
    expect(await readRow(id)).toMatchObject({ wa_media_id: "of-the-other", attempts: 0 });
  });

  it("uploads the same bytes once while Meta has them, for the same client and number only", async () => {
    await upload(await queue(siteUrl()));
    expect(await upload(await queue(siteUrl("/again")))).toBe("uploaded-1");
    expect(await upload(await queue(siteUrl(), "image", tenants.bob))).toBe("uploaded-2");
    expect(graph.uploads).toHaveLength(2);
  });

  it("uploads again what Meta is about to forget, without fetching it again", async () => {
    const id = await queue(siteUrl());
    await upload(id);
    ctx.clock.advance(29 * DAY_MS + 1);
    expect(await upload(id)).toBe("uploaded-2");
    expect(visits).toHaveLength(1);
  });

  it("sends a file that came in, which both have then, and none that the client may not see", async () => {
    const file = await plantFile(ctx, media.root, "101", { bytes: sampleFiles.png });
    const id = await queue(mediaSource.of(file.mediaId));
    expect(await upload(id)).toBe("uploaded-1");
    const row = await readRow(id);
    expect(row?.path).not.toBe(file.path);
    expect(await readFile(join(media.root, String(row?.path)))).toEqual(sampleFiles.png);
    const foreign = await queue(mediaSource.of(file.mediaId), "image", tenants.bob);
    expect(await refusalOf(foreign)).toMatchObject({ field: "media_id", reason: "not_found" });
  });

  it("tries later when Meta or the file's server cannot now", async () => {
    const id = await queue(siteUrl());
    answer = (response) => sendJson(response, 503, {});
    expect(await run(id)).toBe("retry");
    answer = (response) => response.end(sampleFiles.png);
    graph.uploadAnswers.push((response) => sendJson(response, 500, {}));
    expect(await run(id)).toBe("retry");
    expect(await upload(id)).toBe("uploaded-1");
    expect(visits).toHaveLength(2);
  });

  it("is over when Meta refuses the file", async () => {
    const id = await queue(siteUrl());
    graph.uploadAnswers.push((response) => sendJson(response, 400, { error: { code: 131053 } }));
    expect(await refusalOf(id)).toMatchObject({ reason: "refused_by_meta", code: 131053 });
    expect(await run(id)).toBe("nothing_to_do");
    expect(graph.uploads).toHaveLength(0);
  });

  it("takes over from whoever died with it", async () => {
    const id = await queue(siteUrl());
    const until = new Date(ctx.clock.now().getTime() + 60_000);
    await ctx.sql`update media_objects set attempts = 1, claim_expires_at = ${until} where id = ${id}`;
    ctx.clock.advance(60_000);
    expect(await upload(id)).toBe("uploaded-1");
  });
});

describe("a file's address", () => {
  it.each([
    ["http", "http://example.com/a.png"],
    ["another port", "https://example.com:8443/a.png"],
    ["a password", "https://me:secret@example.com/a.png"],
    ["this machine", "https://127.0.0.1/a.png"],
    ["this machine, spelt otherwise", "https://0x7f.1/a.png"],
    ["this machine in v6", "https://[::ffff:127.0.0.1]/a.png"],
    ["this machine by name", "https://localhost/a.png"],
    ["the cloud's metadata", "https://169.254.169.254/latest"],
    ["no scheme that is fetched", "file:///etc/passwd"],
    ["no address", "nonsense"],
  ])("may not be %s", async (_, url) => {
    const id = await queue(url);
    expect(await refusalOf(id, INTERNET)).toMatchObject({ field: "url", reason: "address_refused" });
  });

  it("may not lead to a private one", async () => {
    for (const location of ["http://inside.test/", "http://10.0.0.1/", "http://[::1]/"]) {
      answer = (response) => void response.writeHead(302, { location }).end();
      expect(await refusalOf(await queue(siteUrl()))).toMatchObject({
        field: "url",
        reason: "address_refused",
      });
    }
  });

  it("may have a private one beside a public one as little", async () => {
    const resolve = async () => [
      { address: "127.0.0.1", family: 4 },
      { address: "10.0.0.1", family: 4 },
    ];
    const rules = { ...RULES, guard: { ...RULES.guard, resolve } };
    expect(await refusalOf(await queue(siteUrl()), rules)).toMatchObject({ reason: "address_refused" });
    expect(visits).toEqual([]);
  });

  it("may redirect three times", async () => {
    answer = (response, path) =>
      path === "/3"
        ? response.end(sampleFiles.png)
        : response.writeHead(302, { location: `/${Number(path.slice(1)) + 1}` }).end();
    expect(await run(await queue(siteUrl("/0")))).toBe("uploaded");
    answer = (response) => void response.writeHead(302, { location: "/again" }).end();
    expect(await refusalOf(await queue(siteUrl()))).toMatchObject({ reason: "redirects", limit: 3 });
  });

  it("must give something, and in time", async () => {
    answer = (response) => sendJson(response, 404, {});
    expect(await refusalOf(await queue(siteUrl()))).toMatchObject({
      field: "url",
      reason: "unreachable",
      value: 404,
    });
    answer = () => {};
    const slow = await queue(siteUrl());
    expect(await run(slow, { ...RULES, timeoutMs: 50 })).toBe("retry");
    expect(await readRow(slow)).toMatchObject({
      state: "pending",
      error: { field: "url", reason: "timeout" },
    });
  });

  it("must end", async () => {
    answer = (response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        response.once("drain", more);
      };
      more();
    };
    expect(await refusalOf(await queue(siteUrl()))).toMatchObject({
      reason: "too_large",
      field: "url",
      limit: 5_000_000,
    });
    answer = (response) => response.writeHead(200, { "content-length": 5_000_001 }).flushHeaders();
    expect(await refusalOf(await queue(siteUrl()))).toMatchObject({ reason: "too_large", value: 5_000_001 });
  });

  it.each([
    ["a page that calls itself a picture", sampleFiles.html, "image/png", "image"],
    ["a document as a picture", sampleFiles.pdf, "image/jpeg", "image"],
    ["a picture as a sticker", sampleFiles.png, "image/webp", "sticker"],
    ["a picture as a document", sampleFiles.png, "application/pdf", "document"],
    ["nothing", Buffer.alloc(0), "image/png", "image"],
  ] as const)("may not give %s", async (_, bytes, type, kind) => {
    answer = (response) => response.writeHead(200, { "content-type": type }).end(bytes);
    expect(await refusalOf(await queue(siteUrl(), kind))).toMatchObject({ reason: "type_refused" });
    expect(graph.uploads).toHaveLength(0);
    expect(await readdir(join(media.root, ".incoming"))).toEqual([]);
  });

  it("gives a text as a document", async () => {
    answer = (response) => response.writeHead(200, { "content-type": "text/plain" }).end(sampleFiles.text);
    expect(await run(await queue(siteUrl(), "document"))).toBe("uploaded");
    expect(graph.uploads[0]?.form.get("type")).toBe("text/plain");
  });
});

describe("a client's hand on files", () => {
  it("reaches its own, and only as something to be fetched", async () => {
    const id = await queue(siteUrl());
    const see = (clientId: string) =>
      ctx.database.asClient(clientId, (tx) => tx.execute(`select id from media_objects where id = '${id}'`));
    expect(await see(tenants.ann.clientId)).toHaveLength(1);
    expect(await see(tenants.bob.clientId)).toHaveLength(0);
    await expect(
      ctx.database.asClient(tenants.ann.clientId, (tx) =>
        tx.execute(`update media_objects set path = 'x' where id = '${id}'`),
      ),
    ).rejects.toMatchObject({ cause: { code: "42501" } });
    const row = { messageId: null, kind: "image", sourceUrl: "https://x", fileName: undefined } as const;
    for (const [clientId, phoneNumberId] of [
      [tenants.ann.clientId, tenants.numbers.bob.id],
      [tenants.bob.clientId, tenants.numbers.ann.id],
    ] as const) {
      const file = { ...row, id: newId(), clientId, phoneNumberId, createdAt: new Date() };
      await expect(
        ctx.database.asClient(tenants.ann.clientId, (tx) => insertOutboundMedia(tx, file)),
      ).rejects.toMatchObject({ cause: { code: "42501" } });
    }
  });
});
