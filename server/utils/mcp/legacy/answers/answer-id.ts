// A client may call its requests whatever it likes.
const REQUEST_IDS_LIMIT = 200;

/** A place in an answer, as the client sends it back in Last-Event-ID. */
export interface AnswerId {
  readonly streamId: string;
  readonly number: number;
  /** The client's ids of the requests that are answered; empty when they are not known. */
  readonly requestIds: readonly unknown[];
}

/** Writes a place down, with what another process needs to say that it has not got the rest. */
export function formatAnswerId({ streamId, number, requestIds }: AnswerId): string {
  const ids = JSON.stringify(requestIds);
  const named = ids.length > REQUEST_IDS_LIMIT ? "[]" : ids;
  return `answer.${streamId}.${number}.${Buffer.from(named).toString("base64url")}`;
}

/** Reads it; undefined for what is none. */
export function parseAnswerId(eventId: string): AnswerId | undefined {
  const parts = /^answer\.([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{1,400})$/.exec(eventId);
  const [, streamId, number, named] = parts ?? [];
  if (!streamId || !number || !named) return undefined;
  return { streamId, number: Number(number), requestIds: readIds(named) };
}

function readIds(named: string): unknown[] {
  try {
    const ids: unknown = JSON.parse(Buffer.from(named, "base64url").toString("utf8"));
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string" || typeof id === "number") : [];
  } catch {
    return [];
  }
}
