import type { EngineEvent } from "../types";
import type { Queryable } from "./database";

/** An event together with the id the engine gave it. */
export interface AcceptedEvent {
  internalId: string;
  event: EngineEvent;
}

/**
 * Store events.
 *
 * @returns internal ids that were not there yet: an SDK that repeats a request repeats its seeded ids too
 */
export async function insertEvents(tx: Queryable, events: readonly AcceptedEvent[]): Promise<Set<string>> {
  const rows = await tx<{ internalId: string }[]>`
    insert into events (internal_id, external_id, name, body)
    select * from unnest(${events.map((entry) => entry.internalId)}::text[],
      ${events.map((entry) => entry.event.id)}::text[], ${events.map((entry) => entry.event.name)}::text[],
      ${events.map((entry) => JSON.stringify(entry.event))}::text[])
    on conflict do nothing returning internal_id as "internalId"`;
  return new Set(rows.map((row) => row.internalId));
}
