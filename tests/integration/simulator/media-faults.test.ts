import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { fileOf, refusalOf, upload, uploadId } from "./files";
import { ACCESS_TOKEN, NUMBER, PERSON, useStage } from "./setup";

const stage = useStage();

const BYTES = fileOf("image/png", 50_000);
const HASH = sha256(BYTES);

async function fileUrl(): Promise<string> {
  const id = await uploadId(stage, { bytes: BYTES });
  return ((await (await stage.get(`/v23.0/${id}`)).json()) as { url: string }).url;
}

const load = (url: string, init: RequestInit = {}) =>
  fetch(url, { headers: { authorization: `Bearer ${ACCESS_TOKEN}` }, ...init });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe("faults of an upload", () => {
  it.each(["http_500_html", "http_502_html"] as const)("%s", async (kind) => {
    await stage.simulator.addFault({ kind, on: "upload" });
    expect((await stage.post({})).status).toBe(400);
    const answer = await upload(stage);
    expect(answer.status).toBe(Number(kind.slice(5, 8)));
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect((await upload(stage)).status).toBe(200);
  });

  it("graph_error, before and after the file was taken", async () => {
    await stage.simulator.addFault({ kind: "graph_error", on: "upload", code: 131000 });
    expect(await refusalOf(await upload(stage))).toEqual({ status: 500, code: 131000 });
    expect((await stage.simulator.state()).counts.media).toBe(0);
    await stage.simulator.addFault({ kind: "graph_error", on: "upload", code: 131016, after_accept: true });
    expect(await refusalOf(await upload(stage))).toEqual({ status: 500, code: 131016 });
    expect((await stage.simulator.state()).counts.media).toBe(1);
  });

  it.each([
    ["reset_during_request", 0],
    ["reset_before_accept", 0],
    ["drop_response_after_accept", 1],
  ] as const)("%s: %i files were taken", async (kind, taken) => {
    await stage.simulator.addFault({ kind, on: "upload" });
    await expect(upload(stage)).rejects.toThrow("fetch failed");
    expect((await stage.simulator.state()).counts.media).toBe(taken);
    expect((await upload(stage)).status).toBe(200);
  });

  it("leaves sends alone, and the faults of sends leave uploads alone", async () => {
    await stage.simulator.addFault({ kind: "reset_during_request", on: "upload" });
    expect((await stage.post({})).status).toBe(400);
    await stage.simulator.removeFaults();
    await stage.simulator.addFault({ kind: "reset_during_request" });
    await stage.simulator.addFault({ kind: "http_500_html" });
    expect((await upload(stage)).status).toBe(200);
  });

  it("expired_token, on what asks for a file too", async () => {
    const id = await uploadId(stage);
    await stage.simulator.addFault({ kind: "expired_token", on: "media" });
    expect(await refusalOf(await stage.get(`/v23.0/${id}`))).toEqual({ status: 401, code: 190 });
    expect((await stage.get(`/v23.0/${id}`)).status).toBe(200);
  });
});

describe("faults of a download", () => {
  it("media_url_expired: 404 for an address that should work", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "media_url_expired" });
    expect((await load(url)).status).toBe(404);
    expect((await load(url)).status).toBe(200);
  });

  it("media_wrong_bytes: the length is right, the hash is not", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "media_wrong_bytes" });
    const wrong = await bytesOf(await load(url));
    expect(wrong).toHaveLength(BYTES.length);
    expect(sha256(wrong)).not.toBe(HASH);
    expect(sha256(await bytesOf(await load(url)))).toBe(HASH);
  });

  it("media_wrong_mime: another Content-Type", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "media_wrong_mime" });
    await stage.simulator.addFault({ kind: "media_wrong_mime", mime_type: "video/mp4" });
    const types = [await load(url), await load(url), await load(url)].map(({ headers }) =>
      headers.get("content-type"),
    );
    expect(types).toEqual(["text/html", "video/mp4", "image/png"]);
  });

  it("media_truncated: half a file, cut off or in silence", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "media_truncated" });
    await expect(load(url).then(bytesOf)).rejects.toThrow("terminated");
    await stage.simulator.addFault({ kind: "media_truncated", silent: true });
    expect(await bytesOf(await load(url))).toEqual(BYTES.subarray(0, 25_000));
    expect(await bytesOf(await load(url))).toEqual(BYTES);
  });

  it("media_endless: until the reader has had enough, and not beyond a bound", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "media_endless" });
    const reader = (await load(url)).body!.getReader();
    let size = 0;
    while (size < 5_000_000) size += (await reader.read()).value?.length ?? 0;
    await reader.cancel();
    await stage.simulator.addFault({ kind: "media_endless", limit_bytes: 100_000 });
    expect(await bytesOf(await load(url))).toHaveLength(131_072);
  });

  it("media_slow: in ten pieces", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "media_slow", ms: 20 });
    const startedAt = performance.now();
    expect(sha256(await bytesOf(await load(url)))).toBe(HASH);
    expect(performance.now() - startedAt).toBeGreaterThan(150);
    await stage.simulator.addFault({ kind: "media_slow", ms: 60_000 });
    await expect(load(url, { signal: AbortSignal.timeout(200) }).then(bytesOf)).rejects.toThrow("timeout");
  });

  it("media_redirect: to a private address, or wherever a test listens", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "media_redirect" });
    const answer = await load(url, {
      redirect: "manual",
      headers: { authorization: `Bearer ${ACCESS_TOKEN}` },
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([
      302,
      "http://169.254.169.254/latest/meta-data/",
    ]);
    const other = createServer((_request, response) => response.end("elsewhere"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    await stage.simulator.addFault({ kind: "media_redirect", location });
    expect(await (await load(url)).text()).toBe("elsewhere");
    await new Promise((resolve) => other.close(resolve));
  });

  it("the faults of calls, when they name downloads", async () => {
    const url = await fileUrl();
    await stage.simulator.addFault({ kind: "http_500_html", on: "download" });
    expect((await load(url)).status).toBe(500);
    await stage.simulator.addFault({ kind: "graph_error", on: "download", code: 131016 });
    const answer = await load(url);
    expect([answer.status, await answer.text()]).toEqual([500, ""]);
    await stage.simulator.addFault({ kind: "reset_before_accept", on: "download" });
    await expect(load(url)).rejects.toThrow("fetch failed");
    expect((await load(url)).status).toBe(200);
  });

  it("strikes only the number it is meant for", async () => {
    const url = await fileUrl();
    const fault = await stage.simulator.addFault({ kind: "media_url_expired", phone_number_id: "1" });
    expect((await load(url)).status).toBe(200);
    await stage.simulator.removeFaults(fault.id);
    await stage.simulator.addFault({ kind: "media_url_expired", phone_number_id: NUMBER });
    await stage.simulator.sendMediaFromPerson(PERSON, { type: "image", random_bytes: 10 });
    expect((await load(url)).status).toBe(404);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
