import { parseDurationMs } from "../duration";
import { evaluateKey, matchesExpression } from "../expressions";
import { appendToBatch, replaceDebounced } from "../store/collect";
import type { Queryable } from "../store/database";
import { takeKeys, takePlaceNow } from "../store/limits";
import type { Candidate } from "../triggers/match-triggers";

/**
 * Decide which candidates start a run now. Repeated event ids and idempotency keys and everything over a rate limit
 * are dropped; debounced and batched events are put aside until their time comes.
 */
export async function admit(tx: Queryable, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const admitted: Candidate[] = [];
  for (const candidate of await dropRepeated(tx, candidates)) {
    if (!(await isWithinRate(tx, candidate))) continue;
    if (!(await isPutAside(tx, candidate))) admitted.push(candidate);
  }
  return admitted;
}

async function dropRepeated(tx: Queryable, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const fresh = await dropTaken(tx, candidates, ({ config, accepted }) =>
    // Without an id of the sender's own the engine's is unique anyway.
    accepted.event.id === accepted.internalId ? undefined : `id|${config.id}|${accepted.event.id}`,
  );
  return dropTaken(tx, fresh, ({ config, accepted }) =>
    config.idempotency === undefined
      ? undefined
      : `key|${config.id}|${evaluateKey(config.idempotency, { event: accepted.event })}`,
  );
}

async function dropTaken(
  tx: Queryable,
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => string | undefined,
): Promise<Candidate[]> {
  const keys = candidates.map(keyOf);
  const free = await takeKeys(
    tx,
    keys.filter((key) => key !== undefined),
  );
  // Deleting makes the first of several candidates with one key win.
  return candidates.filter((_, index) => {
    const key = keys[index];
    return key === undefined || free.delete(key);
  });
}

async function isWithinRate(tx: Queryable, { config, accepted }: Candidate): Promise<boolean> {
  const { rateLimit } = config;
  if (!rateLimit) return true;
  const key = `rate|${config.id}|${evaluateKey(rateLimit.key, { event: accepted.event })}`;
  const spacingMs = parseDurationMs(rateLimit.period) / Math.max(1, rateLimit.limit);
  // Measured on the real server: one per period/limit, with a burst of a tenth of the limit.
  return takePlaceNow(tx, key, spacingMs, Math.floor(rateLimit.limit / 10) + 1);
}

async function isPutAside(tx: Queryable, { config, accepted }: Candidate): Promise<boolean> {
  const { debounce, batchEvents: batch } = config;
  const scope = { event: accepted.event };
  const collector = (key: string | undefined) => ({
    functionId: config.id,
    key: `${config.id}|${evaluateKey(key, scope)}`,
    entry: JSON.stringify(accepted),
  });
  if (debounce) {
    const timeoutMs = debounce.timeout === undefined ? undefined : parseDurationMs(debounce.timeout);
    await replaceDebounced(tx, collector(debounce.key), {
      periodMs: parseDurationMs(debounce.period),
      timeoutMs,
    });
    return true;
  }
  if (batch && matchesExpression(batch.if, scope)) {
    const timeoutMs = parseDurationMs(batch.timeout);
    await appendToBatch(tx, collector(batch.key), { maxSize: batch.maxSize, timeoutMs });
    return true;
  }
  return false;
}
