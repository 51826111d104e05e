import type { Queryable } from "./database";

/** The window of event ids, idempotency keys and cron ticks (Inngest: 24 hours). */
const DEDUPE_HOURS = 24;

/**
 * Take keys that may be used only once a day.
 *
 * @returns the keys that were free; a key given twice is returned once
 */
export async function takeKeys(tx: Queryable, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  await tx`delete from dedupe where key = any (${keys}::text[]) and expires_at <= now()`;
  const rows = await tx<{ key: string }[]>`
    insert into dedupe (key, expires_at)
    select key, now() + make_interval(hours => ${DEDUPE_HOURS})
    from unnest(${keys}::text[]) as key order by key
    on conflict do nothing returning key`;
  return new Set(rows.map((row) => row.key));
}

/**
 * Take the next place in a throttled line (GCRA) and say how long to wait for it.
 *
 * @param atOnce - how many may go before spacing begins
 */
export async function takePlace(
  tx: Queryable,
  key: string,
  spacingMs: number,
  atOnce: number,
): Promise<number> {
  const [row] = await tx<{ ahead: number }[]>`
    insert into arrivals as known (key, arrival)
    values (${key}, now() + ${spacingMs}::float8 * interval '1 millisecond')
    on conflict (key) do update
      set arrival = greatest(known.arrival, now()) + ${spacingMs}::float8 * interval '1 millisecond'
    returning extract(epoch from known.arrival - now())::float8 * 1000 as ahead`;
  return Math.max(0, (row?.ahead ?? 0) - atOnce * spacingMs);
}

/** Take a place only if it is free now (GCRA); false means over the rate. */
export async function takePlaceNow(
  tx: Queryable,
  key: string,
  spacingMs: number,
  atOnce: number,
): Promise<boolean> {
  const spacing = tx`${spacingMs}::float8 * interval '1 millisecond'`;
  const rows = await tx`
    insert into arrivals as known (key, arrival) values (${key}, now() + ${spacing})
    on conflict (key) do update set arrival = greatest(known.arrival, now()) + ${spacing}
      where greatest(known.arrival, now()) + ${spacing} <= now() + ${atOnce}::float8 * ${spacing}
    returning key`;
  return rows.length === 1;
}
