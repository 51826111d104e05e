import { describeError, type Log } from "./log";

/** Whoever serves keys and has to know what they may do. */
export interface AccessHolder {
  /** Looks again at what the keys of a client, or all, may do; throws when it could not for some. */
  refresh(clientId?: string): Promise<void>;
}

export interface AccessFollower {
  /** The access of a client has changed; of anybody, without one. Never fails. */
  refresh(clientId?: string): Promise<void>;
  /** Tries again what could not be confirmed, because a key may have been revoked. */
  retry(): Promise<void>;
}

/** Has changes of access take effect, also those that could not be read when they were told. */
export function createAccessFollower(holder: AccessHolder, log: Log): AccessFollower {
  const unconfirmed = new Set<string | undefined>();
  const refresh = async (clientId?: string): Promise<void> => {
    try {
      await holder.refresh(clientId);
    } catch (error) {
      unconfirmed.add(clientId);
      log.warn("access was not refreshed and will be again:", describeError(error));
    }
  };
  return {
    refresh,
    async retry() {
      const clientIds = [...unconfirmed];
      unconfirmed.clear();
      for (const clientId of clientIds) await refresh(clientId);
    },
  };
}
