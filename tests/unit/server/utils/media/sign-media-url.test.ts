import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  signMediaUrl,
  URL_LIFE_SECONDS,
  verifyMediaUrl,
  type MediaTicket,
} from "#server/utils/media/sign-media-url";

const SECRET = "a secret of at least thirty-two characters";
const MEDIA = "0193a3f0-0000-7000-8000-000000000001";
const OTHER = "0193a3f0-0000-7000-8000-000000000002";
const NOW = new Date("2026-11-22T12:00:00.000Z");
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
const TICKET: MediaTicket = {
  mediaId: MEDIA,
  clientId: OTHER,
  issuedAt: NOW,
  expiresAt: after(300),
};

function queryOf(ticket: MediaTicket = TICKET, secret = SECRET): Record<string, unknown> {
  return Object.fromEntries(new URL(signMediaUrl("https://example.com", secret, ticket)).searchParams);
}

const verify = (query: Record<string, unknown>, now = NOW, mediaId = MEDIA) =>
  verifyMediaUrl(SECRET, mediaId, query, now);

describe("a signed address", () => {
  it("stands below the public address and brings back its ticket", () => {
    expect(signMediaUrl("https://example.com/wa", SECRET, TICKET)).toMatch(
      new RegExp(`^https://example\\.com/wa/media/${MEDIA}\\?`),
    );
    expect(verify(queryOf())).toEqual(TICKET);
  });

  it("ends at its moment", () => {
    expect(verify(queryOf(), after(299.999))).toEqual(TICKET);
    expect(verify(queryOf(), after(300))).toBeUndefined();
  });

  it("lives five minutes at most, whoever signed it", () => {
    expect(URL_LIFE_SECONDS).toBe(300);
    expect(verify(queryOf({ ...TICKET, expiresAt: after(300) }))).toBeDefined();
    expect(verify(queryOf({ ...TICKET, expiresAt: after(301) }))).toBeUndefined();
  });

  it("is void with another secret, file or purpose", () => {
    expect(verify(queryOf(TICKET, `${SECRET}!`))).toBeUndefined();
    expect(verify(queryOf(), NOW, OTHER)).toBeUndefined();
    const signFor = (purpose: string): string => {
      const parts = ["wamcp media", purpose, MEDIA, OTHER, NOW.getTime(), after(300).getTime()];
      return createHmac("sha256", SECRET).update(parts.join("\n")).digest("base64url");
    };
    expect(verify({ ...queryOf(), signature: signFor("download") })).toEqual(TICKET);
    expect(verify({ ...queryOf(), signature: signFor("upload") })).toBeUndefined();
  });

  it.each(["client", "issued", "expires", "signature"])("is void without %s, or with another", (part) => {
    const query = queryOf();
    expect(verify({ ...query, [part]: undefined })).toBeUndefined();
    expect(verify({ ...query, [part]: [query[part]] })).toBeUndefined();
    expect(verify({ ...query, [part]: "" })).toBeUndefined();
    const others: Record<string, string> = {
      client: MEDIA,
      issued: String(NOW.getTime() - 1),
      expires: String(after(301).getTime()),
      signature: `${String(query.signature).startsWith("A") ? "B" : "A"}${String(query.signature).slice(1)}`,
    };
    expect(verify({ ...query, [part]: others[part] })).toBeUndefined();
  });

  it("is void in another spelling", () => {
    const query = queryOf();
    expect(verify({ ...query, expires: `0${String(query.expires)}` })).toBeUndefined();
    expect(verify({ ...query, signature: `${String(query.signature)}=` })).toBeUndefined();
    expect(verify({ ...query, signature: "AAAA" })).toBeUndefined();
    expect(verify(query, NOW, MEDIA.toUpperCase())).toBeUndefined();
    expect(verify(query, NOW, "../../etc/passwd")).toBeUndefined();
  });
});
