import type { SystemContext } from "../context";
import { describeError } from "../log";
import { dropOldest } from "./drop-oldest";
import type { KeyUse } from "./key-use";
import { touchApiKeys } from "./store";

/** Keys whose use is remembered until it is written; beyond that the oldest is let go. */
export const USE_ENTRIES = 10_000;

export interface UseRecorder {
  note(keyId: string, use: KeyUse): void;
  /** Writes what was noted, in one statement. What could not be written stays for the next time. */
  flush(): Promise<void>;
}

/** Remembers when and from where keys were used, so that not every call has to write it down. */
export function createUseRecorder({ database, log }: Pick<SystemContext, "database" | "log">): UseRecorder {
  let noted = new Map<string, KeyUse>();
  const note = (keyId: string, use: KeyUse): void => {
    const known = noted.get(keyId);
    if (known && known.at > use.at) return;
    noted.delete(keyId);
    dropOldest(noted, USE_ENTRIES);
    noted.set(keyId, use);
  };
  return {
    note,
    async flush() {
      if (noted.size === 0) return;
      const taken = noted;
      noted = new Map();
      try {
        await touchApiKeys(database.system, taken);
      } catch (error) {
        log.warn("the last uses of keys are written later:", describeError(error));
        const later = noted;
        noted = taken;
        for (const [keyId, use] of later) note(keyId, use);
      }
    },
  };
}
