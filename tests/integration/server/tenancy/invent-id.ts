import { randomBytes, randomInt } from "node:crypto";
import type { IdKind } from "./id-properties";

const NEVER_SEEN = new Set<string>();

/** An id that nothing has, and that looks like `model`, an id of this kind. Never the same one twice. */
export function inventId(kind: IdKind, model: string): string {
  for (;;) {
    const id = invent(kind, model);
    if (id === model || NEVER_SEEN.has(id)) continue;
    NEVER_SEEN.add(id);
    return id;
  }
}

function invent(kind: IdKind, model: string): string {
  switch (kind) {
    case "feed_cursor":
      return randomBytes(16).toString("base64url");
    // The same moment.
    case "ranked_cursor":
      return `${model.slice(0, -8)}${randomBytes(6).toString("base64url")}`;
    // Digits are few: what begins with these is planted nowhere, and so is nobody's by chance.
    case "number":
      return `${model.slice(0, -6)}9${randomDigits(5)}`;
    case "phone":
    case "wa_id":
      return `${model.slice(0, -5)}7${randomDigits(4)}`;
    case "bsuid":
    case "wamid":
    case "idempotency_key":
      return `${model.slice(0, -8)}${randomBytes(4).toString("hex")}`;
    case "conversation":
    case "contact":
    case "message":
    case "received":
    case "media":
    case "page_cursor":
    case "approval":
    case "session":
      // The same moment: an id that is used as a place must lead to the same place.
      return `${model.slice(0, -8)}${randomBytes(4).toString("hex")}`;
  }
}

function randomDigits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, "0");
}
