import { createHash } from "node:crypto";
import type { Transaction } from "#db/client";
import { newId } from "../ids";
import { insertOutboxEvent } from "../outbox/store";

const HOUR_MS = 60 * 60_000;

/** Something that the owner must hear of, by ids and codes. */
export interface Alert {
  readonly kind:
    | "number_paused"
    | "send_refused"
    | "number_quality"
    | "number_status"
    | "number_health"
    | "storage";
  /** Left out where it is no number's. */
  readonly phoneNumberId?: string;
  /** Meta's. */
  readonly code?: number | undefined;
  /** Meta's word for how a number is now, where that has become worse; the system's code for what is wrong with the disk. */
  readonly state?: string | undefined;
  /** Inngest's. */
  readonly runId?: string | undefined;
}

/**
 * Has the owner told, by an event committed with what happened. A pause, or a number's turn for the worse, happens once and is told once; of refusals with
 * the same code on the same number, and of a disk that takes no files, only the first of an hour is.
 */
export async function raiseAlert(tx: Transaction, alert: Alert, now: Date): Promise<void> {
  const { kind, phoneNumberId, code, state, runId } = alert;
  const data = {
    kind,
    ...(phoneNumberId ? { phone_number_id: phoneNumberId } : {}),
    ...(code === undefined ? {} : { code }),
    ...(state ? { state } : {}),
    ...(runId ? { run_id: runId } : {}),
  };
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const isRepeated = kind === "send_refused" || kind === "storage";
  const id = isRepeated ? nameId([kind, phoneNumberId, code, state, hour].join("|")) : newId();
  await insertOutboxEvent(tx, { id, name: "wa/alert.raised", data, availableAt: now });
}

// The same name gives the same uuid (version 8, RFC 9562): the outbox takes an id once.
function nameId(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
