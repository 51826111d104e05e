import { askGraph, type GraphDoor } from "./ask-graph";
import { explainSendError } from "./explain-send-error";
import { asList, asObject, asText, type JsonObject } from "./json";

/** How Meta sees one of our numbers, in Meta's words; null for what it did not say. */
export interface NumberHealth {
  /** GREEN, YELLOW, RED. */
  readonly quality: string | null;
  /** CONNECTED when it can send and receive. */
  readonly status: string | null;
  readonly nameStatus: string | null;
  readonly throughputLevel: string | null;
  readonly messagingLimitTier: string | null;
  readonly health: HealthStatus | null;
}

/** Whether a number can send, and by which codes Meta says what is in the way. */
export interface HealthStatus {
  /** AVAILABLE, LIMITED, BLOCKED. */
  readonly canSend: string;
  readonly errorCodes: readonly number[];
}

export type NumberHealthAnswer =
  | { readonly kind: "told"; readonly health: NumberHealth }
  /** Meta will not tell this token. */
  | { readonly kind: "refused"; readonly code: number }
  | { readonly kind: "retry" };

// `messaging_limit_tier` is deprecated; this one is there in every version (Meta, "Messaging limits").
const LIMIT_FIELD = "whatsapp_business_manager_messaging_limit";
const FIELDS = ["quality_rating", "status", "name_status", "throughput", LIMIT_FIELD, "health_status"];
const WORD = /^[A-Z][A-Z0-9_]{0,39}$/;
const CODES_LIMIT = 20;

/** Asks how a number is. Never throws for what the network or Meta does. */
export async function fetchNumberHealth(door: GraphDoor, phoneNumberId: string): Promise<NumberHealthAnswer> {
  const answer = await askGraph(door, { path: `${phoneNumberId}?fields=${FIELDS.join(",")}` });
  if (answer?.httpStatus === 200 && asText(answer.body.id) === phoneNumberId) {
    return { kind: "told", health: readHealth(answer.body) };
  }
  if (answer?.code === undefined) return { kind: "retry" };
  const { class: errorClass } = explainSendError(answer.code, answer.httpStatus);
  const isRefused = errorClass === "final" || errorClass === "human";
  return isRefused ? { kind: "refused", code: answer.code } : { kind: "retry" };
}

function readHealth(body: JsonObject): NumberHealth {
  return {
    quality: rating(body.quality_rating),
    status: word(body.status),
    nameStatus: word(body.name_status),
    throughputLevel: word(asObject(body.throughput).level),
    messagingLimitTier: word(body[LIMIT_FIELD]),
    health: readStatus(asObject(body.health_status)),
  };
}

function readStatus({ can_send_message: canSendMessage, entities }: JsonObject): HealthStatus | null {
  const canSend = word(canSendMessage);
  if (canSend === null) return null;
  const codes = asList(entities)
    .flatMap((entity) => asList(asObject(entity).errors))
    .map((error) => Number(asText(asObject(error).error_code) ?? Number.NaN))
    .filter((code) => Number.isSafeInteger(code));
  return { canSend, errorCodes: [...new Set(codes)].slice(0, CODES_LIMIT) };
}

// Not rated at the moment: what was said before still stands.
const UNRATED = new Set(["UNKNOWN", "NA"]);

function rating(value: unknown): string | null {
  const said = word(value);
  return said !== null && UNRATED.has(said) ? null : said;
}

function word(value: unknown): string | null {
  const text = asText(value);
  return text !== undefined && WORD.test(text) ? text : null;
}
