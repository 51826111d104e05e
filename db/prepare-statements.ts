import type { Sql } from "postgres";

/** What comes seldom, as a list of an unusual length does, is not worth its memory. */
const USES_BEFORE_KEPT = 10;
/** PostgreSQL 16 holds about 90 kB for each with its plan (measured), on every connection that has run it. */
const MOST_KEPT = 100;

/**
 * Makes each connection parse, and mostly plan, a statement once that comes often. Drizzle hands all of them over as `unsafe`, which
 * postgres.js does not prepare (drizzle-orm issue 6096): described in one round trip and run in a second one.
 */
export function prepareStatements(client: Sql): Sql {
  const isKept = createKeeper();
  const { begin } = client;
  prepareUnsafe(client, isKept);
  const beginPrepared = (work: Parameters<typeof begin>[1]) =>
    begin((transaction) => {
      prepareUnsafe(transaction, isKept);
      return work(transaction);
    });
  return Object.assign(client, { begin: beginPrepared });
}

function prepareUnsafe(client: Pick<Sql, "unsafe">, isKept: (text: string) => boolean): void {
  const { unsafe } = client;
  client.unsafe = (text, parameters = [], options = {}) =>
    // Without parameters it is a single round trip already.
    unsafe(text, parameters, { ...options, prepare: parameters.length > 0 && isKept(text) });
}

/** Counts what comes, and tells whether it is one of the statements that came often first. */
function createKeeper(): (text: string) => boolean {
  const kept = new Set<string>();
  const uses = new Map<string, number>();
  return (text) => {
    if (kept.has(text)) return true;
    if (kept.size >= MOST_KEPT) return false;
    const count = (uses.get(text) ?? 0) + 1;
    uses.set(text, count);
    if (count < USES_BEFORE_KEPT) return false;
    uses.delete(text);
    kept.add(text);
    return true;
  };
}
