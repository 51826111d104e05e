import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { setResponseStatus, type H3Event } from "h3";
import { describe, expect, it, onTestFinished } from "vitest";
import { AppError } from "#server/utils/errors";
import { readLimitedBody } from "#server/utils/read-limited-body";
import type { Listening } from "../helpers/listen";
import { serveEvent } from "../helpers/serve-event";
import { until } from "../helpers/until";

const LIMIT_BYTES = 64 * 1024;

async function serve(): Promise<Listening> {
  const listening = await serveEvent(async (event: H3Event) => {
    try {
      const body = await readLimitedBody(event, LIMIT_BYTES);
      return { size: body.length, text: body.toString("utf8").slice(0, 100) };
    } catch (error) {
      setResponseStatus(event, 413);
      return { code: error instanceof AppError ? error.code : String(error) };
    }
  });
  onTestFinished(listening.stop);
  return listening;
}

/** Sends a body in chunks without saying how long it is. */
async function sendChunked(
  url: string,
  chunks: readonly Buffer[],
): Promise<{ status: number; body: string }> {
  const outgoing = request(url, { method: "POST", headers: { "transfer-encoding": "chunked" } });
  const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.once("error", reject);
    });
  });
  for (const chunk of chunks) outgoing.write(chunk);
  outgoing.end();
  return answered;
}

describe("readLimitedBody", () => {
  it("returns the bytes as they came", async () => {
    const { url } = await serve();
    const response = await fetch(url, { method: "POST", body: "caf\u00e9 \u{1F600}" });
    expect(await response.json()).toEqual({ size: 10, text: "caf\u00e9 \u{1F600}" });
  });

  it("returns an empty body for a request without one", async () => {
    const { url } = await serve();
    expect(await (await fetch(url, { method: "POST" })).json()).toEqual({ size: 0, text: "" });
  });

  it("accepts a body of exactly the limit, in one piece or in many", async () => {
    const { url } = await serve();
    const response = await fetch(url, { method: "POST", body: Buffer.alloc(LIMIT_BYTES, "a") });
    expect(await response.json()).toMatchObject({ size: LIMIT_BYTES });
    const chunks = Array.from({ length: 64 }, () => Buffer.alloc(1024, "a"));
    expect(JSON.parse((await sendChunked(url, chunks)).body)).toMatchObject({ size: LIMIT_BYTES });
  });

  it("refuses a body that says it is larger before reading it", async () => {
    const { port } = await serve();
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write(`POST / HTTP/1.1\r\nhost: test\r\ncontent-length: ${LIMIT_BYTES + 1}\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload_too_large/);
  });

  it("refuses a body that only turns out to be larger, and the caller gets to read why", async () => {
    const { url } = await serve();
    const answer = await sendChunked(url, [Buffer.alloc(LIMIT_BYTES, "a"), Buffer.from("b")]);
    expect(answer).toEqual({ status: 413, body: expect.stringContaining("payload_too_large") as string });
  });

  it("refuses a body that never ends, and the caller gets to read why", async () => {
    const { port } = await serve();
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    let answer = "";
    let failure: unknown;
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on("error", (error) => {
      failure = error;
    });
    socket.write("POST / HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n");
    for (let index = 0; index < 5; index += 1) socket.write(`4000\r\n${"a".repeat(0x4000)}\r\n`);
    await until(() => expect(failure ?? answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload_too_large/));
  });

  it("fails when the caller leaves in the middle", async () => {
    const outcome: string[] = [];
    const listening = await serveEvent(async (event: H3Event) => {
      outcome.push("began");
      await readLimitedBody(event, LIMIT_BYTES).then(
        () => outcome.push("read"),
        () => outcome.push("failed"),
      );
      return "";
    });
    onTestFinished(listening.stop);
    const socket = connect(listening.port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 100\r\n\r\nhalf");
    await until(() => expect(outcome).toEqual(["began"]));
    socket.destroy();
    await until(() => expect(outcome).toEqual(["began", "failed"]));
  });
});
