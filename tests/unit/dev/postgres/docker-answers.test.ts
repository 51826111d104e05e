import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { dockerAnswers } from "#tests/helpers/postgres/docker-answers";

let folder: string;
let socket: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "docker-answers-"));
  socket = join(folder, "docker.sock");
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function serve(listener: RequestListener): Promise<void> {
  server = createServer(listener).listen(socket);
  await once(server, "listening");
}

describe("dockerAnswers", () => {
  it("asks the engine that DOCKER_HOST names", async () => {
    await serve((request, response) => response.writeHead(request.url === "/_ping" ? 200 : 404).end("OK"));
    expect(await dockerAnswers({ DOCKER_HOST: `unix://${socket}` })).toBe(true);
  });

  it("takes an engine that reports an error for absent", async () => {
    await serve((_request, response) => response.writeHead(500).end());
    expect(await dockerAnswers({ DOCKER_HOST: `unix://${socket}` })).toBe(false);
  });

  it("takes a socket that nobody listens on for absent", async () => {
    expect(await dockerAnswers({ DOCKER_HOST: `unix://${socket}` })).toBe(false);
    expect(await dockerAnswers({ DOCKER_HOST: "tcp://127.0.0.1:1" })).toBe(false);
  });

  it("does not wait longer than 2 s for an engine that hangs", async () => {
    await serve(() => {});
    const start = performance.now();
    expect(await dockerAnswers({ DOCKER_HOST: `unix://${socket}` })).toBe(false);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
