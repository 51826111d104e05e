import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { sendRaw, type RawAnswer } from "#tests/helpers/stack/send-raw";

const APP = "https://app.example.com";
const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
});

let stack: TestStack;
beforeAll(async () => {
  stack = await openTestStack({ serverEnv: { ALLOWED_ORIGINS: APP, ALLOWED_HOSTS: "wa.internal" } });
});
afterAll(() => stack?.stop());

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: readonly string[];
  readonly hasKey?: boolean;
}

function ask({ method = "POST", path = "/mcp", host = "127.0.0.1", headers = [], hasKey = true }: Request) {
  const body = method === "POST" ? INITIALIZE : "";
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: close",
    "Accept: application/json, text/event-stream",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    ...(hasKey ? [`Authorization: Bearer ${stack.apiKey}`] : []),
    ...headers,
  ];
  return sendRaw(stack.origin, `${lines.join("\r\n")}\r\n\r\n${body}`);
}

const readJson = ({ text }: RawAnswer): unknown => {
  const body = text.slice(text.indexOf("\r\n\r\n"));
  return JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1));
};

describe("/mcp", () => {
  it.each(["127.0.0.1", "localhost:9", "[::1]", "wa.internal", "WA.internal:443"])(
    "answers to the name %s",
    async (host) => expect((await ask({ host })).statuses).toEqual([200]),
  );

  it.each(["GET", "POST", "DELETE", "OPTIONS", "PUT"])(
    "answers 403 to %s under a strange name or from a strange page, whoever asks, before it looks at the key",
    async (method) => {
      for (const hasKey of [true, false]) {
        for (const wrong of [
          { host: "evil.example" },
          { headers: ["Origin: http://evil.example"] },
          { headers: ["Origin: null"] },
          { host: "evil.example", headers: [`Origin: ${APP}`] },
        ]) {
          const answer = await ask({ method, hasKey, ...wrong });
          expect(answer.statuses).toEqual([403]);
          expect(readJson(answer)).toMatchObject({ jsonrpc: "2.0", error: { code: -32000 } });
          expect(answer.text.toLowerCase()).not.toContain("access-control-");
          expect(answer.text).not.toContain("evil");
        }
      }
    },
  );

  it("answers a page of a named origin, with CORS headers, whatever the answer is", async () => {
    for (const [hasKey, status] of [
      [true, 200],
      [false, 401],
    ] as const) {
      const { statuses, text } = await ask({ hasKey, headers: [`Origin: ${APP}`] });
      expect(statuses).toEqual([status]);
      expect(text.toLowerCase()).toContain(`access-control-allow-origin: ${APP}\r\n`);
      expect(text.toLowerCase()).toContain("access-control-expose-headers: mcp-session-id");
      expect(text).not.toMatch(/access-control-allow-credentials|allow-origin: \*/i);
    }
  });

  it("answers such a page's preflight, and a program's OPTIONS not", async () => {
    const headers = [`Origin: ${APP}`, "Access-Control-Request-Method: POST"];
    const { statuses, text } = await ask({ method: "OPTIONS", hasKey: false, headers });
    expect(statuses).toEqual([204]);
    expect(text.toLowerCase()).toContain("access-control-allow-methods: get, post, delete");
    expect(text.toLowerCase()).toMatch(/access-control-allow-headers: .*authorization.*mcp-session-id/);
    expect((await ask({ method: "OPTIONS" })).statuses).toEqual([405]);
  });

  it("takes pages of this machine, and programs, without any CORS header", async () => {
    for (const headers of [[], ["Origin: http://localhost:6274"]]) {
      const { statuses, text } = await ask({ headers });
      expect(statuses).toEqual([200]);
      expect(text.toLowerCase()).not.toContain("access-control-");
    }
  });
});

describe("what is called by address or by Meta", () => {
  it.each(["/health", "/ready"])("answers %s under any name", async (path) => {
    const { statuses } = await ask({ method: "GET", path, host: "10.1.2.3:3000", hasKey: false });
    expect(statuses).toEqual([200]);
  });

  it("judges a webhook by its signature and not by its name", async () => {
    const { statuses } = await ask({ path: "/webhook/meta", host: "old-name.example", hasKey: false });
    expect(statuses).toEqual([404]);
    const handshake = "/webhook/meta?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1";
    expect((await ask({ method: "GET", path: handshake, host: "old-name.example" })).statuses).toEqual([403]);
  });
});

describe("whoever looks for OAuth", () => {
  const names = ["oauth-protected-resource", "oauth-authorization-server", "openid-configuration"];
  const places = names.flatMap((name) => [`/.well-known/${name}`, `/.well-known/${name}/mcp`]);

  it.each([...places.map((path) => ["GET", path]), ["POST", "/register"]])(
    "reads at %s %s that there are API keys",
    async (method, path) => {
      const answer = await ask({ method, path, hasKey: false });
      expect(answer.statuses).toEqual([404]);
      expect(answer.text.toLowerCase()).toContain("content-type: application/json");
      const explained = readJson(answer) as Record<string, unknown>;
      expect(explained.error_description).toContain("Authorization: Bearer wamcp_live_");
      expect(explained.claude_code).toContain(`${stack.origin}/mcp`);
      for (const metadata of ["issuer", "resource", "authorization_servers", "token_endpoint"]) {
        expect(explained).not.toHaveProperty(metadata);
      }
    },
  );

  it.each(["/.well-known/security.txt", "/.well-known/oauth-protected-resource/other", "/.well-known"])(
    "reads nothing of the kind at %s",
    async (path) => {
      const answer = await ask({ method: "GET", path });
      expect(answer.statuses).toEqual([404]);
      expect(answer.text).not.toContain("wamcp_live_");
    },
  );
});
