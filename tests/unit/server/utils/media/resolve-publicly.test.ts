import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PUBLIC_ONLY } from "#server/utils/media/fetching/create-guarded-agent";
import { resolvePublicly } from "#server/utils/media/fetching/resolve-publicly";

const [NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME] = [0, 2, 3];
const TYPES = { v4: 1, v6: 28 };

/** What the name server says: a code, and an address as bytes. */
interface Answer {
  readonly code: number;
  readonly address?: readonly number[];
}

let server: Socket;
let answers: { v4: Answer; v6: Answer };

beforeEach(async () => {
  server = createSocket("udp4");
  server.on("message", (query, { port, address }) => {
    const isV6 = query.readUInt16BE(query.indexOf(0, 12) + 1) === TYPES.v6;
    server.send(reply(query, isV6 ? answers.v6 : answers.v4), port, address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => server.close());

// RFC 1035, 4.1: the question comes back, and one record whose name points at it.
function reply(query: Buffer, { code, address }: Answer): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 + code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address ? 1 : 0, 6);
  if (!address) return Buffer.concat([header, question]);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(address.length === 4 ? TYPES.v4 : TYPES.v6, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(address.length, 10);
  return Buffer.concat([header, question, record, Buffer.from(address)]);
}

async function resolve(v4: Answer, v6: Answer): Promise<unknown> {
  answers = { v4, v6 };
  const resolver = new Resolver({ timeout: 5_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  return resolvePublicly("files.example.com", resolver);
}

const none = { code: NO_ERROR };
const unknown = { code: NO_SUCH_NAME };
const failed = { code: SERVER_FAILURE };
const v4 = { code: NO_ERROR, address: [192, 0, 2, 1] };
const v6 = { code: NO_ERROR, address: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] };

describe("resolvePublicly", () => {
  it("gives the addresses of both kinds", async () => {
    const [first, second] = [
      { address: "192.0.2.1", family: 4 },
      { address: "2001:db8::1", family: 6 },
    ];
    expect(await resolve(v4, v6)).toEqual([first, second]);
    for (const other of [none, unknown, failed]) {
      expect(await resolve(v4, other)).toEqual([first]);
      expect(await resolve(other, v6)).toEqual([second]);
    }
  });

  it.each([
    ["no such name", unknown, unknown],
    ["no address", none, none],
    ["one of each", none, unknown],
  ])("says that a host does not exist: %s", async (_, ...both) => {
    await expect(resolve(...both)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it.each([
    ["both", failed, failed],
    ["the first", failed, unknown],
    ["the second", none, failed],
  ])("does not say so where a server failed: %s", async (_, ...both) => {
    await expect(resolve(...both)).rejects.toMatchObject({ code: "ESERVFAIL" });
  });

  it.each(["localhost", "localhost.", "files.LOCALHOST"])(
    "knows this machine without asking: %s",
    async (host) => {
      const asked: string[] = [];
      server.on("message", () => asked.push(host));
      const resolver = new Resolver({ timeout: 5_000, tries: 1 });
      resolver.setServers([`127.0.0.1:${server.address().port}`]);
      expect(await resolvePublicly(host, resolver)).toEqual([{ address: "127.0.0.1", family: 4 }]);
      expect(asked).toEqual([]);
    },
  );
});

describe("the guard of public addresses", () => {
  it("asks no one else for them", () => {
    expect(PUBLIC_ONLY.resolve).toBe(resolvePublicly);
  });
});
