import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { createTrustingFetch } from "#tests/helpers/edge/create-trusting-fetch";
import { startEdge, type Edge } from "#tests/helpers/edge/start-edge";
import { startStandIn, type StandIn } from "#tests/helpers/edge/start-stand-in";
import { createCertificate } from "#tests/helpers/tls/create-certificate";

const META = "client.webhooks.fbclientcerts.com";

describe.runIf(hasPrograms("nginx"))("the edge when it demands Meta's certificate", () => {
  const metaAuthority = createCertificate({ name: "Meta outbound" });
  const other = createCertificate({ name: "Another authority" });
  let app: StandIn;
  let edge: Edge;
  beforeAll(async () => {
    app = await startStandIn((request, response) => {
      request.resume();
      request.on("end", () => response.end("ok"));
    });
    edge = await startEdge({ upstreams: [app.origin], metaAuthority });
  });
  afterAll(async () => {
    await edge?.stop();
    await app?.stop();
  });

  const show = (name: string, issuer = metaAuthority): typeof fetch => {
    const { pem, keyPem } = createCertificate({ name, issuer });
    return createTrustingFetch(edge.authority.pem, { cert: pem, key: keyPem });
  };
  const deliver = async (by: typeof fetch, method = "POST"): Promise<number> =>
    (await by(`${edge.origin}/webhook/meta`, { method })).status;

  it("takes deliveries from Meta and from nobody else", async () => {
    expect(await deliver(show(META))).toBe(200);
    expect(await deliver(edge.fetch)).toBe(403);
    expect(await deliver(show("client.example"))).toBe(403);
    expect(await deliver(show(`${META}.example`))).toBe(403);
    expect(await deliver(show(META, other))).toBe(400);
  });

  it("asks nobody else for one", async () => {
    expect(await deliver(edge.fetch, "GET")).toBe(200);
    expect((await edge.fetch(`${edge.origin}/mcp`, { method: "POST" })).status).toBe(200);
  });
});
