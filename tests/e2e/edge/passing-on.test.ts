import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { startEdge, type Edge } from "#tests/helpers/edge/start-edge";
import { startStandIn, type StandIn } from "#tests/helpers/edge/start-stand-in";

const TIMEOUT_MS = 20_000;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe.runIf(hasPrograms("nginx"))("what the edge passes on", () => {
  let answer: Answer;
  let apps: StandIn[];
  let edge: Edge;
  /** What arrived at any of the servers. */
  let arrived: string[];
  beforeEach(async () => {
    arrived = [];
    const listen = () =>
      startStandIn((request, response) => {
        arrived.push(`${request.method} ${request.url}`);
        answer(request, response);
      });
    apps = [await listen(), await listen()];
    edge = await startEdge({ upstreams: apps.map(({ origin }) => origin) });
  });
  afterEach(async () => {
    await edge.stop();
    await Promise.all(apps.map((app) => app.stop()));
  });
  const ask = (path: string, init: RequestInit = {}) => edge.fetch(`${edge.origin}${path}`, init);
  const post = (path: string) => ask(path, { method: "POST", body: "{}" });

  it("shows a stream's headers before its first event, and each event at once", async () => {
    const open: ServerResponse[] = [];
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      open.push(response);
    };
    const stream = await ask("/mcp");
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      open[0]?.write(event);
      expect((await reader?.read())?.value).toBe(event);
    }
    // Whoever leaves is gone at the server too, or it would tell nobody for ever.
    await reader?.cancel();
    await vi.waitFor(() => expect(open[0]?.destroyed).toBe(true), TIMEOUT_MS);
  });

  it("is a range of a file, as the server gives it", async () => {
    answer = ({ headers }, response) => {
      response.writeHead(206, { "content-range": "bytes 2-4/10" }).end(`${headers.range}`);
    };
    const part = await ask("/media/0190?signature=x", { headers: { range: "bytes=2-4" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe("bytes 2-4/10");
    expect(await part.text()).toBe("bytes=2-4");
    expect(arrived).toEqual(["GET /media/0190?signature=x"]);
  });

  it("goes to the other server, a call too, when one refuses the connection", async () => {
    answer = (_request, response) => void response.end("done");
    await apps[0]?.stop();
    const answers = await Promise.all(Array.from({ length: 30 }, () => post("/mcp")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(arrived).toHaveLength(30);
    apps.shift();
  });

  it("is not a call for the second time when its connection broke, but a delivery is", async () => {
    answer = (request) => void request.socket.destroy();
    expect((await post("/mcp")).status).toBe(502);
    expect((await post("/api/inngest")).status).toBe(502);
    expect((await post("/webhook/meta")).status).toBe(502);
    expect(arrived.toSorted()).toEqual([
      "POST /api/inngest",
      "POST /mcp",
      "POST /webhook/meta",
      "POST /webhook/meta",
    ]);
  });

  it("ends calmly: what is under way is finished when the container is stopped", async () => {
    const open: ServerResponse[] = [];
    answer = (_request, response) => void open.push(response);
    const asked = post("/mcp");
    await vi.waitFor(() => expect(open).toHaveLength(1), TIMEOUT_MS);
    const stopped = edge.terminate();
    open[0]?.end("done");
    expect(await (await asked).text()).toBe("done");
    await stopped;
  });
});
