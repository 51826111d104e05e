import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchRemote, INTERNET, type RemoteRules } from "#server/utils/media/fetch-remote";
import { MediaFailure } from "#server/utils/media/media-failure";
import { sampleFiles } from "#tests/helpers/server/sample-files";

let site: Server;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "wamcp-fetch-"));
  site = createServer((_, response) => response.end(sampleFiles.png));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
  await rm(root, { recursive: true });
});

const here = async () => [{ address: "127.0.0.1", family: 4 }];
const failing = (code: string) => async (): Promise<never> => {
  throw Object.assign(new Error("it failed"), { code });
};

async function failureOf(
  resolve: RemoteRules["guard"]["resolve"],
  { port = (site.address() as AddressInfo).port, disk = { root, keepFreeBytes: 0 } } = {},
): Promise<MediaFailure> {
  const rules: RemoteRules = {
    guard: { resolve, mayConnect: () => true },
    isAllowed: () => true,
    timeoutMs: 5_000,
  };
  const wanted = { kind: "image", disk, signal: new AbortController().signal } as const;
  const error = await fetchRemote({ ...wanted, url: `http://files.test:${port}/a.png` }, rules).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MediaFailure)) throw new Error("it was expected to fail");
  return error;
}

describe("an address that a caller gave", () => {
  it("is settled when its host does not exist", async () => {
    expect(await failureOf(failing("ENOTFOUND"))).toMatchObject({
      reason: "host_not_found",
      isFinal: true,
      more: { field: "url" },
    });
  });

  it.each([
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ])("is settled when its host has no good certificate: %s", async (code) => {
    expect(await failureOf(failing(code))).toMatchObject({
      reason: "certificate",
      isFinal: true,
      more: { field: "url", value: code },
    });
  });

  it.each(["EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ERR_SSL_WRONG_VERSION_NUMBER"])(
    "may be tried again after %s",
    async (code) => {
      expect(await failureOf(failing(code))).toMatchObject({ reason: "unreachable", isFinal: false });
    },
  );

  it("may be tried again when nobody listens there, or in time", async () => {
    expect(await failureOf(here, { port: 1 })).toMatchObject({
      reason: "unreachable",
      isFinal: false,
      more: { field: "url" },
    });
    expect(await failureOf(failing("UND_ERR_CONNECT_TIMEOUT"))).toMatchObject({
      reason: "timeout",
      isFinal: false,
    });
  });

  it("is not blamed for the disk", async () => {
    await writeFile(join(root, "file"), "");
    const failure = await failureOf(here, { disk: { root: join(root, "file"), keepFreeBytes: 0 } });
    expect(failure).toMatchObject({ reason: "storage", isFinal: false, more: { code: "ENOTDIR" } });
    expect(failure.more).not.toHaveProperty("field");
    const full = await failureOf(here, { disk: { root, keepFreeBytes: Number.MAX_SAFE_INTEGER } });
    expect(full.more).toEqual({ code: "LOW_SPACE" });
  });

  it("gives its file", async () => {
    const rules = { ...INTERNET, isAllowed: () => true, guard: { resolve: here, mayConnect: () => true } };
    const { port } = site.address() as AddressInfo;
    const signal = new AbortController().signal;
    const disk = { root, keepFreeBytes: 0 };
    const file = await fetchRemote({ url: `http://files.test:${port}/`, kind: "image", disk, signal }, rules);
    expect(file).toMatchObject({ type: "image/png", stored: { sizeBytes: sampleFiles.png.length } });
  });
});
