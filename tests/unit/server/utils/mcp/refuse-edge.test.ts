import { describe, expect, it } from "vitest";
import { readEdge } from "#server/utils/edge/read-edge";
import { refuseEdge } from "#server/utils/mcp/refuse-edge";
import { sendWebResponse } from "#server/utils/web-response";
import { serveEvent } from "../../helpers/serve-event";

const APP = "https://app.example.com";

async function ask(allowedOrigins: string[], headers: Record<string, string>, method = "POST") {
  const publicUrl = "https://wa.example.com";
  const edge = readEdge({ host: "127.0.0.1", publicUrl, allowedHosts: [], allowedOrigins });
  const server = await serveEvent((event) =>
    sendWebResponse(event, refuseEdge(event, edge) ?? new Response("passed", { status: 401 })),
  );
  const response = await fetch(server.url, { method, headers });
  const text = await response.text();
  await server.stop();
  const cors = [...response.headers].filter(([name]) => name.startsWith("access-control-"));
  return { status: response.status, text, cors: Object.fromEntries(cors), response };
}

const PREFLIGHT = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization",
};

describe("refuseEdge", () => {
  it.each(["GET", "POST", "DELETE", "OPTIONS", "PUT"])(
    "answers 403 and says why to %s of a strange page",
    async (method) => {
      const { status, text, cors } = await ask([], { origin: "https://evil.example", ...PREFLIGHT }, method);
      expect(status).toBe(403);
      expect(JSON.parse(text)).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32000 } });
      expect(text).toContain("ALLOWED_ORIGINS");
      expect(text).not.toContain("evil");
      expect(cors).toEqual({});
    },
  );

  it("writes no CORS header where no origin was named, to nobody", async () => {
    for (const origin of ["https://wa.example.com", "http://localhost:1"]) {
      const { status, cors, response } = await ask([], { origin });
      expect(status).toBe(401);
      expect(cors).toEqual({});
      expect(response.headers.has("vary")).toBe(false);
    }
  });

  it("writes CORS headers for exactly the origins that were named, whatever the answer is", async () => {
    const { status, cors, response } = await ask([APP], { origin: APP });
    expect(status).toBe(401);
    expect(cors).toEqual({
      "access-control-allow-origin": APP,
      "access-control-expose-headers": "Mcp-Session-Id, Retry-After, WWW-Authenticate",
    });
    expect(response.headers.get("vary")).toBe("Origin");
    expect((await ask([APP], { origin: "https://wa.example.com" })).cors).toEqual({});
    expect((await ask([APP], { origin: "https://evil.example" })).cors).toEqual({});
    expect(await ask([APP], {})).toMatchObject({ status: 401, cors: {} });
  });

  it("answers a preflight of such an origin, and no other OPTIONS", async () => {
    const { status, cors, text } = await ask([APP], { origin: APP, ...PREFLIGHT }, "OPTIONS");
    expect([status, text]).toEqual([204, ""]);
    expect(cors["access-control-allow-origin"]).toBe(APP);
    expect(cors["access-control-allow-methods"]).toBe("GET, POST, DELETE");
    const allowed = cors["access-control-allow-headers"]?.split(", ") ?? [];
    expect(allowed).toEqual(
      expect.arrayContaining(["authorization", "mcp-session-id", "mcp-protocol-version"]),
    );
    expect(cors).not.toHaveProperty("access-control-allow-credentials");
    expect((await ask([APP], { origin: APP }, "OPTIONS")).status).toBe(401);
    expect((await ask([APP], PREFLIGHT, "OPTIONS")).status).toBe(401);
  });
});
