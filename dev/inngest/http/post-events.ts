import * as v from "valibot";
import { inWork } from "../executor/in-work";
import { untilConnected } from "../store/database";
import type { AcceptedEvent } from "../store/events";
import { acceptEvents } from "../triggers/accept-events";
import type { EngineEvent } from "../types";
import { createUlid } from "../ulid";
import { HttpError } from "./http-error";
import type { Exchange } from "./exchange";

/** Limits of Inngest: 3 MB an event, 5000 events a request. */
const EVENT_LIMIT_BYTES = 3 * 1024 * 1024;
const EVENTS_LIMIT = 5000;
/** The SDK's own retries take over after this. */
const DATABASE_PATIENCE_MS = 1000;

const EventSchema = v.looseObject({
  name: v.pipe(v.string(), v.minLength(1, "event name is empty"), v.maxLength(512, "event name is too long")),
  data: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
  id: v.optional(v.nullable(v.string())),
  ts: v.optional(v.nullable(v.number())),
});

/** `POST /e/:key`: accept events. They and the runs they start are committed before the answer. */
export async function postEvents(exchange: Exchange): Promise<unknown> {
  const { engine, parameters } = exchange;
  if (engine.eventKeys.length > 0 && !engine.eventKeys.includes(parameters[0] ?? "")) {
    throw new HttpError(401, "Event key not found");
  }
  const body = await exchange.body();
  const given = Array.isArray(body) ? (body as unknown[]) : [body];
  if (given.length > EVENTS_LIMIT)
    throw new HttpError(400, `more than ${EVENTS_LIMIT} events in one request`);
  const nextId = createIds(exchange.header("x-inngest-event-id-seed"));
  const accepted = given.map((event) => parseEvent(event, nextId()));
  const patience = Date.now() + DATABASE_PATIENCE_MS;
  await untilConnected(
    () => inWork(engine, (work) => acceptEvents(work, accepted)),
    () => engine.isClosing() || Date.now() > patience,
  );
  return { ids: accepted.map((entry) => entry.internalId), status: 200 };
}

function parseEvent(given: unknown, internalId: string): AcceptedEvent {
  const parsed = v.safeParse(EventSchema, given);
  if (!parsed.success) throw new HttpError(400, parsed.issues[0].message);
  const { name, data, id, ts, ...others } = parsed.output;
  if (name.startsWith("inngest/"))
    throw new HttpError(400, `event name is reserved for internal use: ${name}`);
  const known = Object.fromEntries(
    Object.entries(others).filter(([, value]) => value !== null && value !== undefined),
  );
  const event: EngineEvent = { ...known, id: id || internalId, name, data: data ?? {}, ts: ts ?? Date.now() };
  if (Buffer.byteLength(JSON.stringify(event)) > EVENT_LIMIT_BYTES) {
    throw new HttpError(400, "Event is over the max size");
  }
  return { internalId, event };
}

/**
 * Ids for the events of one request. The SDK seeds them (`<milliseconds>,<ten bytes in base64>`), so that a request it
 * repeats after a lost answer carries the same ids and starts nothing twice.
 */
function createIds(seed: string | undefined): () => string {
  const [time, entropy] = (seed ?? "").split(",");
  const bytes = Buffer.from(entropy ?? "", "base64");
  if (!Number.isInteger(Number(time)) || !time || bytes.length !== 10) return () => createUlid();
  let index = 0;
  return () => {
    const numbered = Buffer.from(bytes);
    numbered.writeUInt32BE((numbered.readUInt32BE(6) + index++) >>> 0, 6);
    return createUlid(Number(time), numbered);
  };
}
