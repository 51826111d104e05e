import { mkdir, readdir, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";
import { sendRawTls } from "#tests/helpers/edge/send-raw-tls";
import { startEdge, type Edge } from "#tests/helpers/edge/start-edge";
import { startStandIn, type StandIn } from "#tests/helpers/edge/start-stand-in";

const TIMEOUT_MS = 20_000;
/** Above what nginx keeps in memory. */
const LARGE = "x".repeat(120_000);

describe.runIf(hasPrograms("nginx"))("bodies that nginx has to keep in files", () => {
  let open: ServerResponse[];
  let app: StandIn;
  let edge: Edge;
  beforeEach(async () => {
    open = [];
    app = await startStandIn((_request, response) => void open.push(response));
    edge = await startEdge({ upstreams: [app.origin] });
  });
  afterEach(async () => {
    await edge.stop();
    await app.stop();
  });

  const postMany = (count: number, path: string, body: string) =>
    Array.from({ length: count }, () => edge.fetch(`${edge.origin}${path}`, { method: "POST", body }));
  const answerAll = async (answers: readonly Promise<Response>[]): Promise<number[]> => {
    for (const response of open.splice(0)) response.end("done");
    return (await Promise.all(answers)).map(({ status }) => status);
  };

  it.each([
    ["/mcp", 32],
    ["/webhook/meta", 8],
    ["/api/inngest", 8],
  ])("are few at a time from one address at %s, and small ones as many as before", async (path, limit) => {
    const held = postMany(limit, path, LARGE);
    await vi.waitFor(() => expect(open).toHaveLength(limit), TIMEOUT_MS);
    const refused = await Promise.all(postMany(3, path, LARGE));
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect(refused[0]?.headers.get("retry-after")).toBe("2");
    const small = postMany(60, path, "{}");
    await vi.waitFor(() => expect(open).toHaveLength(limit + 60), TIMEOUT_MS);
    expect(new Set(await answerAll([...held, ...small]))).toEqual(new Set([200]));
  });

  it("are few also when their length is not said", async () => {
    const held = postMany(8, "/webhook/meta", LARGE);
    await vi.waitFor(() => expect(open).toHaveLength(8), TIMEOUT_MS);
    const head = "POST /webhook/meta HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    const chunks = "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    expect(await sendRawTls(edge, "localhost", head + chunks)).toMatch(/^HTTP\/1.1 429 /);
    await answerAll(held);
  });

  it("wait where they cannot fill the place of the configuration", async () => {
    const [used, bodies] = [join(edge.folder, "small"), join(edge.folder, "bodies")];
    await mkdir(bodies);
    const env = { DOMAIN: "localhost", APP: new URL(app.origin).host, EDGE_DIR: used, BODY_DIR: bodies };
    const script = join(edge.folder, "shipped/start.sh");
    for (let time = 0; time < 2; time++)
      expect(await runProgram(script, ["--check"], env)).toMatchObject({ code: 0 });
    expect(await readdir(bodies)).toContain("body");
    expect((await stat(join(used, "temporary"))).ino).toBe((await stat(bodies)).ino);
  });
});
