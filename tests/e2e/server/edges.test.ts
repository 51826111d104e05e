import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { sendRaw, type RawAnswer } from "#tests/helpers/stack/send-raw";

const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
});

let stack: TestStack;
let sql: Sql;
let good: string;
beforeAll(async () => {
  // Every request of these tests comes from an address of its own, or they would soon be limited.
  stack = await openTestStack({ serverEnv: { TRUSTED_PROXIES: "127.0.0.1" } });
  sql = postgres(stack.databaseUrl, { max: 1 });
  good = `Authorization: Bearer ${stack.apiKey}`;
});
afterAll(async () => {
  await sql?.end({ timeout: 5 });
  await stack?.stop();
});

let lastCaller = 0;
const nextCaller = (): string => `192.0.2.${(lastCaller += 1)}`;

interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly caller?: string;
}

/** A request of exactly these header lines, besides those that it needs. */
function ask({
  method = "POST",
  path = "/mcp",
  headers = [],
  body,
  ...more
}: RawRequest): Promise<RawAnswer> {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: close",
    "Accept: application/json, text/event-stream",
    "Content-Type: application/json",
    `X-Forwarded-For: ${more.caller ?? nextCaller()}`,
    ...headers,
    ...(body === undefined ? [`Content-Length: ${INITIALIZE.length}`] : []),
  ];
  return sendRaw(stack.origin, `${lines.join("\r\n")}\r\n\r\n${body ?? INITIALIZE}`);
}

const expectRefusal = ({ text, statuses }: RawAnswer, ...allowed: number[]): void => {
  expect(statuses).toHaveLength(1);
  expect(allowed).toContain(statuses[0]);
  expect(text).not.toContain("mcp-session-id");
  expect(text).not.toContain("wamcp_test_");
};

describe("/mcp", () => {
  it("takes one Authorization header with one key", async () => {
    for (const header of [good, good.replace("Authorization", "AUTHORIZATION"), good.replace(": ", ":")]) {
      const { text, statuses } = await ask({ headers: [header] });
      expect(statuses).toEqual([200]);
      expect(text).toContain("mcp-session-id");
    }
  });

  it.each<[string, () => RawRequest]>([
    ["two Authorization headers", () => ({ headers: [good, good] })],
    [
      "a second one in other casing",
      () => ({ headers: [good, good.replace("Authorization", "authorization")] }),
    ],
    ["a second one of another scheme", () => ({ headers: [good, "AUTHORIZATION: Basic eDp5"] })],
    ["an empty second one", () => ({ headers: ["Authorization:", good] })],
    ["a list in one header", () => ({ headers: [`${good}, Bearer ${stack.apiKey}`] })],
    ["a comma behind the key", () => ({ headers: [`${good},`] })],
    ["two tokens in one header", () => ({ headers: [`${good} ${stack.apiKey}`] })],
    ["a key in the query", () => ({ path: `/mcp?api_key=${stack.apiKey}` })],
    ["a key in the query beside a good header", () => ({ path: `/mcp?k=${stack.apiKey}`, headers: [good] })],
    ["an encoded key beside a good header", () => ({ path: `/mcp?k%3D%77amcp_live_x`, headers: [good] })],
    ["a key of Basic", () => ({ headers: [`Authorization: Basic ${btoa(`x:${stack.apiKey}`)}`] })],
    ["a key in another header", () => ({ headers: [`X-Api-Key: ${stack.apiKey}`] })],
    ["a key in Proxy-Authorization", () => ({ headers: [`Proxy-${good}`] })],
    ["a key in a cookie", () => ({ headers: [`Cookie: authorization=Bearer ${stack.apiKey}`] })],
    ["a no-break space before the key", () => ({ headers: [good.replace("Bearer ", "Bearer \u00a0")] })],
    [
      "a key in a trailer",
      () => ({
        headers: ["Transfer-Encoding: chunked", "Trailer: Authorization"],
        body: `0\r\n${good}\r\n\r\n`,
      }),
    ],
  ])("answers 401 to %s", async (_what, request) => {
    const answer = await ask(request());
    expectRefusal(answer, 401);
    expect(answer.text.toLowerCase()).toContain('www-authenticate: bearer realm="wamcp"');
  });

  it.each<[string, () => RawRequest]>([
    ["a folded Authorization", () => ({ headers: [good.replace("Bearer ", "Bearer\r\n ")] })],
    ["an Authorization folded under another header", () => ({ headers: ["X-Pad: x", ` ${good}`] })],
    ["a space before the colon", () => ({ headers: [good.replace(":", " :")] })],
    ["a space before the colon of a second one", () => ({ headers: [good, good.replace(":", " :")] })],
    ["a NUL behind the key", () => ({ headers: [`${good}\0`] })],
    ["a bare CR in a header", () => ({ headers: [`X-Pad: x\r${good}`] })],
    [
      "a length and chunks",
      () => ({ headers: [good, "Content-Length: 5", "Transfer-Encoding: chunked"], body: "0\r\n\r\n" }),
    ],
    [
      "chunks and a length",
      () => ({ headers: [good, "Transfer-Encoding: chunked", "Content-Length: 5"], body: "0\r\n\r\n" }),
    ],
    ["two lengths", () => ({ headers: [good, "Content-Length: 2", "Content-Length: 40"], body: "{}" })],
    ["a length with a sign", () => ({ headers: [good, "Content-Length: +2"], body: "{}" })],
    [
      "chunks that are not last",
      () => ({ headers: [good, "Transfer-Encoding: chunked, identity"], body: "0\r\n\r\n" }),
    ],
    [
      "an encoding that nobody knows",
      () => ({ headers: [good, "Transfer-Encoding: xchunked"], body: "0\r\n\r\n" }),
    ],
    [
      "a chunk whose size is no number",
      () => ({ headers: [good, "Transfer-Encoding: chunked"], body: "zz\r\n{}\r\n0\r\n\r\n" }),
    ],
  ])("answers 400 to %s", async (_what, request) => {
    expectRefusal(await ask(request()), 400);
  });

  it("does not answer a request that is hidden in another's body", async () => {
    const hidden = `POST /mcp HTTP/1.1\r\nHost: x\r\n${good}\r\nContent-Length: 2\r\n\r\n{}`;
    const headers = ["Transfer-Encoding: chunked", "Content-Length: 5"];
    expectRefusal(await ask({ headers, body: `0\r\n\r\n${hidden}` }), 400);
  });

  it.each(["OPTIONS", "PUT", "PATCH", "TRACE"])("answers 405 to %s, whoever asks", async (method) => {
    const { text, statuses } = await ask({ method });
    expect(statuses).toEqual([405]);
    expect(text.toLowerCase()).toContain("allow: get, post, delete");
  });

  it("puts on record why, from where and whose key it was, and neither the key nor the address asked for", async () => {
    const caller = "2001:db8::77";
    await ask({ caller, path: `/mcp?api_key=${stack.apiKey}` });
    await ask({ caller });
    const rows = await sql`
      select detail ->> 'reason' as reason, client_id is not null and api_key_id is not null as known, audit_log::text as text
      from audit_log where detail ->> 'address' = ${caller} order by id`;
    expect(rows).toMatchObject([
      { reason: "smuggled", known: true },
      { reason: "missing", known: false },
    ]);
    expect(JSON.stringify(rows)).not.toContain("wamcp_");
    expect(stack.lines.join("\n")).not.toContain(stack.apiKey.slice(19));
  });

  it("does not take its own start for somebody who tries to get in", async () => {
    expect(await sql`select 1 from audit_log where detail ->> 'address' = '127.0.0.1'`).toHaveLength(0);
  });

  it("answers 429 with Retry-After to whoever fails too often, and not to an agent at the same address", async () => {
    const caller = nextCaller();
    expect((await ask({ caller, headers: [good] })).statuses).toEqual([200]);
    for (let count = 0; count < 10; count += 1) expectRefusal(await ask({ caller }), 401);
    const { text, statuses } = await ask({ caller });
    expect(statuses).toEqual([429]);
    expect(Number(/^retry-after: (\d+)\r$/im.exec(text)?.[1])).toBeGreaterThan(0);
    expect(text).toContain("rate_limited");
    expect((await ask({ caller, headers: [good] })).statuses).toEqual([200]);
    expectRefusal(await ask({}), 401);
  });

  it("answers 401 to a request whose key is revoked while its body is on the way", async () => {
    const lines = [
      "POST /mcp HTTP/1.1",
      "Host: 127.0.0.1",
      "Connection: close",
      "Expect: 100-continue",
      "Content-Type: application/json",
      "Accept: application/json, text/event-stream",
      `X-Forwarded-For: ${nextCaller()}`,
      `Content-Length: ${INITIALIZE.length}`,
      good,
    ];
    // The key is cached, so it has been let in by the time that a later request has its answer.
    const answer = await sendRaw(stack.origin, `${lines.join("\r\n")}\r\n\r\n{`, async () => {
      expect((await ask({ headers: [good] })).statuses).toEqual([200]);
      await sql`update api_keys set revoked_at = now()`;
      // Each look takes a new address, of which there are 254.
      await vi.waitFor(async () => expect((await ask({ headers: [good] })).statuses).toEqual([401]), {
        timeout: 10_000,
        interval: 250,
      });
      return INITIALIZE.slice(1);
    });
    await sql`update api_keys set revoked_at = null`;
    expect(answer.statuses).toEqual([100, 401]);
    expect(answer.text).not.toContain("mcp-session-id");
  });

  it("writes down where a key was used last, at the latest when the server stops", async () => {
    expect((await ask({ caller: "2001:db8:0:0::99", headers: [good] })).statuses).toEqual([200]);
    await stack.server.terminate();
    const [row] =
      await sql`select last_used_ip, last_used_at > now() - interval '1 minute' as recently from api_keys`;
    expect(row).toEqual({ last_used_ip: "2001:db8::99", recently: true });
  });
});
