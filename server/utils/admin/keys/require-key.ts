import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { isId } from "../is-id";
import { lockKey, selectKeys, type KeyFilter, type KeyRow } from "./store";

// A whole key names itself as well: whoever revokes a leaked one has nothing else at hand.
const PREFIX = /^wamcp_(?:live|test)_[0-9A-Za-z]{8}/;

/**
 * The key that an admin means, locked until the transaction ends.
 *
 * @param key its prefix, its id, or the whole key
 * @throws AppError `not_found`, without repeating what was given
 */
export async function requireKey(tx: Transaction, key: string): Promise<KeyRow> {
  const prefix = PREFIX.exec(key)?.[0];
  const filter: KeyFilter | undefined = prefix ? { prefixes: [prefix] } : isId(key) ? { id: key } : undefined;
  const found = filter && (await selectKeys(tx, filter))[0];
  if (found) {
    await lockKey(tx, found.id);
    // What was read before the lock may have changed since.
    const [locked] = await selectKeys(tx, { id: found.id });
    if (locked) return locked;
  }
  throw new AppError("not_found", "There is no key with this prefix or id.", {
    advice: 'A prefix looks like wamcp_live_ and 8 more characters; "keys list" shows them all.',
  });
}
