import { createHmac } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { startEdge, type Edge } from "#tests/helpers/edge/start-edge";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { sendRaw } from "#tests/helpers/stack/send-raw";
import { sendRawTls } from "#tests/helpers/edge/send-raw-tls";

const TIMEOUT_MS = 20_000;

const MEGABYTE = 1024 * 1024;
const JSON_HEADERS = { "content-type": "application/json" };

describe.runIf(hasPrograms("nginx"))("the edge as it ships, in front of two servers", () => {
  let stack: TestStack;
  let edge: Edge;
  beforeAll(async () => {
    stack = await openTestStack({ servers: 2, serverEnv: { TRUSTED_PROXIES: "127.0.0.1" } });
    edge = await startEdge({ upstreams: stack.origins });
  });
  afterAll(async () => {
    await edge?.stop();
    await stack?.stop();
  });

  const get = (path: string, init: RequestInit = {}) => edge.fetch(`${edge.origin}${path}`, init);
  const deliver = (body: string, secret = stack.secrets.appSecret) => {
    const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    const headers = { ...JSON_HEADERS, "x-hub-signature-256": signature };
    return get("/webhook/meta", { method: "POST", headers, body });
  };

  it("answers over TLS 1.2 and 1.3 and nothing older, and says for a year that it does", async () => {
    const answer = await get("/health");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(answer.headers.get("server")).toBe("nginx");
    const ca = edge.authority.pem;
    const port = Number(new URL(edge.origin).port);
    const greet = (maxVersion: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") =>
      new Promise<string | null>((resolve, reject) => {
        const options = {
          port,
          host: "localhost",
          servername: "localhost",
          ca,
          minVersion: "TLSv1",
          maxVersion,
        } as const;
        const socket = connectTls({ ...options, ciphers: "DEFAULT@SECLEVEL=0" }, () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.once("error", reject);
      });
    expect(await greet("TLSv1.3")).toBe("TLSv1.3");
    expect(await greet("TLSv1.2")).toBe("TLSv1.2");
    await expect(greet("TLSv1.1")).rejects.toThrow(/protocol/);
  });

  it("sends plain HTTP to https, but refuses what would lose its body or has shown its key", async () => {
    const ask = (path: string, method = "GET") =>
      fetch(`${edge.httpOrigin}${path}`, { method, redirect: "manual" });
    const moved = await ask("/health?x=1");
    expect(moved.status).toBe(301);
    expect(moved.headers.get("location")).toBe("https://localhost/health?x=1");
    for (const path of ["/mcp", "/api/inngest", "/webhook/meta"]) {
      expect((await ask(path, "POST")).status, path).toBe(403);
    }
  });

  it("serves the authority's challenge over plain HTTP", async () => {
    const challenges = join(edge.folder, "acme/.well-known/acme-challenge");
    await mkdir(challenges, { recursive: true });
    await writeFile(join(challenges, "token"), "proof");
    const at = (name: string) => fetch(`${edge.httpOrigin}/.well-known/acme-challenge/${name}`);
    expect(await (await at("token")).text()).toBe("proof");
    expect((await at("other")).status).toBe(404);
  });

  it("closes the connection of whoever asks for another name", async () => {
    const request = (host: string) => `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    // By a reset, which one sees as such or as an end.
    const plain = sendRaw(edge.httpOrigin, request("evil.example")).then(({ text }) => text);
    const encrypted = sendRawTls(edge, "localhost", request("evil.example"));
    for (const answer of [plain, encrypted])
      expect(await answer.catch(({ code }: NodeJS.ErrnoException) => code)).toMatch(/^(ECONNRESET)?$/);
    expect(await sendRawTls(edge, "localhost", request("localhost"))).toContain("200 OK");
    await expect(sendRawTls(edge, "evil.example", request("localhost"))).rejects.toThrow(/unrecognized name/);
  });

  it("limits a body by its address, whether its length is declared or not", async () => {
    const post = (path: string, bytes: number) =>
      get(path, { method: "POST", headers: JSON_HEADERS, body: "x".repeat(bytes) });
    const tooLarge = await post("/mcp", MEGABYTE + 1);
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ error: { code: "payload_too_large" } });
    expect(tooLarge.headers.get("strict-transport-security")).not.toBeNull();
    // Has no key, which the server says and nginx could not.
    expect((await post("/mcp", MEGABYTE)).status).toBe(401);
    expect((await post("/register", 65 * 1024)).status).toBe(413);
    expect((await post("/webhook/meta", 4 * MEGABYTE + 1)).status).toBe(413);
    expect((await post("/api/inngest", 5 * MEGABYTE + 1)).status).toBe(413);
    const chunk = `${(MEGABYTE / 2).toString(16)}\r\n${"x".repeat(MEGABYTE / 2)}\r\n`;
    const head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(await sendRawTls(edge, "localhost", `${head}${chunk.repeat(3)}0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 /,
    );
  });

  it("passes a delivery of 3 MB on as it came, byte by byte", async () => {
    const body = JSON.stringify({ object: "other", entry: [], pad: "é\\/".repeat(MEGABYTE * 0.7) });
    expect(Buffer.byteLength(body)).toBeGreaterThan(3 * MEGABYTE);
    expect((await deliver(body)).status).toBe(200);
    expect((await deliver("{}", "another")).status).toBe(404);
  });

  it("does not send Inngest elsewhere", async () => {
    for (const method of ["GET", "PUT", "POST"]) {
      const answer = await get("/api/inngest", { method, headers: JSON_HEADERS });
      expect([301, 302, 303, 307, 308, 404], method).not.toContain(answer.status);
    }
  });

  it("shows readiness to the inside, metrics to nobody, and for the rest what the server says", async () => {
    expect(await (await get("/ready")).json()).toMatchObject({ ready: true });
    expect((await get("/metrics")).status).toBe(404);
    for (const path of ["/", "/nothing", "/media/nothing"]) {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { status: 404 } });
    }
    expect((await get("/register", { method: "POST" })).status).toBe(404);
  });

  it("says itself where a request comes from, whatever that claims", async () => {
    const claims = { "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.9" };
    expect((await get("/mcp", { method: "POST", headers: claims })).status).toBe(401);
    const sql = postgres(stack.databaseUrl, { max: 1 });
    const rows =
      await sql`select distinct detail ->> 'address' as address from audit_log where detail ? 'address'`;
    await sql.end();
    expect(rows.map(({ address }) => String(address))).toEqual(["127.0.0.1"]);
  });

  it("refuses an address that asks too much with 429, and no delivery however many there are", async () => {
    const many = async (count: number, ask: () => Promise<Response>): Promise<Response[]> =>
      Promise.all(Array.from({ length: count }, ask));
    const answers = await many(150, () => get("/nothing"));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(20);
    expect(refused[0]?.headers.get("retry-after")).toBe("2");
    expect(await refused[0]?.json()).toMatchObject({ error: { code: "rate_limited" } });
    const deliveries = await many(300, () => deliver('{"object":"other","entry":[]}'));
    expect(new Set(deliveries.map(({ status }) => status))).toEqual(new Set([200]));
    // Signed by nobody, and refused for that only.
    const calls = await many(100, () => get("/api/inngest", { method: "POST", body: "{}" }));
    expect(calls.filter(({ status }) => status === 429)).toEqual([]);
  });

  it("writes down each request as JSON, without a word that the caller chose, also when no server answers", async () => {
    const secret = "canary-7f3a";
    const ask = () =>
      Promise.all([
        get(`/media/0190?signature=${secret}&expires=1`),
        get(`/mcp?api_key=${secret}`, { method: "POST", headers: { authorization: `Bearer ${secret}` } }),
        get(`/webhook/meta?hub.mode=subscribe&hub.verify_token=${secret}&hub.challenge=1`),
        get(`/${secret}`, { headers: { "user-agent": secret, referer: secret, cookie: secret } }),
      ]);
    await ask();
    await Promise.all(stack.servers.map((server) => server.stop()));
    const answers = await ask();
    expect(answers.map(({ status }) => status)).toContain(502);
    expect(await answers[1]?.json()).toMatchObject({ error: { code: "unavailable" } });
    const log = await vi.waitFor(async () => {
      const text = await edge.readAccessLog();
      expect(text.match(/"status":502/g)?.length).toBeGreaterThanOrEqual(3);
      return text;
    }, TIMEOUT_MS);
    expect(log + edge.lines.join("\n")).not.toContain("canary");
    expect(log).not.toContain(stack.apiKey);
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ status: expect.any(Number), route: expect.any(String) });
    expect(lines.find(({ route }) => route === "/media")).toBeDefined();
  });
});
