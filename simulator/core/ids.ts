import { createHash, randomBytes } from "node:crypto";
import { countryCodeOf } from "./country-code";

const ISO_COUNTRY: Record<string, string> = {
  1: "US",
  7: "KZ",
  20: "EG",
  27: "ZA",
  30: "GR",
  31: "NL",
  32: "BE",
  33: "FR",
  34: "ES",
  36: "HU",
  39: "IT",
  40: "RO",
  41: "CH",
  43: "AT",
  44: "GB",
  45: "DK",
  46: "SE",
  47: "NO",
  48: "PL",
  49: "DE",
  51: "PE",
  52: "MX",
  54: "AR",
  55: "BR",
  56: "CL",
  57: "CO",
  60: "MY",
  61: "AU",
  62: "ID",
  63: "PH",
  64: "NZ",
  65: "SG",
  66: "TH",
  81: "JP",
  82: "KR",
  84: "VN",
  90: "TR",
  91: "IN",
  92: "PK",
  94: "LK",
  212: "MA",
  234: "NG",
  254: "KE",
  351: "PT",
  353: "IE",
  380: "UA",
  420: "CZ",
  852: "HK",
  966: "SA",
  971: "AE",
  972: "IL",
};

/** Who wrote the message that an id is for. */
export type Author = "business" | "person";

/**
 * A new message id. Like Meta's it is base64 over a frame that holds the person's number and a unique part;
 * whoever treats it as anything but an opaque string is wrong.
 */
export function createWamid(waId: string, author: Author): string {
  const unique = randomBytes(author === "business" ? 9 : 10)
    .toString("hex")
    .toUpperCase();
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, waId.length]),
    Buffer.from(waId, "latin1"),
    Buffer.from([0x15, 0x02, 0x00, author === "business" ? 0x11 : 0x12, 0x18, unique.length]),
    Buffer.from(unique, "latin1"),
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString("base64")}`;
}

/**
 * A person's business-scoped user id: ISO country, a dot, digits. Always the same for the same number, because a person keeps it
 * whatever becomes of this process.
 */
export function createUserId(waId: string): string {
  const country = ISO_COUNTRY[countryCodeOf(waId)] ?? "XX";
  const digits = createHash("sha256").update(waId).digest().readBigUInt64BE().toString().padStart(20, "1");
  return `${country}.${digits}`;
}

/** An id for support, as in `fbtrace_id`. */
export function createTraceId(): string {
  return `A${randomBytes(16).toString("base64url")}`;
}

/** A conversation's id, as statuses carry it: the same in all statuses of a message (reference 1.2). */
export function conversationIdOf(wamid: string): string {
  return createHash("md5").update(wamid).digest("hex");
}
