import type { SystemContext } from "../context";
import { AppError } from "../errors";
import { checkApiKey, type KeyCheck } from "./check-api-key";
import type { ApiKeyToken } from "./api-key-format";
import { createFailureLimiter } from "./create-failure-limiter";
import { createKeyCache, type KeyCache } from "./create-key-cache";
import { createUseRecorder } from "./create-use-recorder";
import type { CallerAddress } from "./parse-address";
import type { Principal } from "./principal";
import type { Credentials } from "./read-credentials";
import { recordRefusal } from "./record-refusal";
import { verifyApiKey } from "./verify-api-key";

// What was read while access changed is read again, but not for ever.
const READ_LIMIT = 3;

export type AuthContext = Pick<SystemContext, "database" | "clock" | "log" | "config">;

export interface Authenticator {
  /**
   * Finds out who presents these credentials.
   *
   * @throws AppError `unauthorized`: the same answer for a missing, malformed, unknown, expired or revoked key;
   * `rate_limited` after too many such answers to one caller
   */
  authenticate(credentials: Credentials, caller: CallerAddress): Promise<Principal>;
  /** Has what is cached of a client, or everything, read anew. */
  forget(clientId?: string): void;
  /** Writes down when keys were used last. */
  flushUses(): Promise<void>;
}

/** Authenticates API keys, with a cache that a change of access empties at once. */
export function createAuthenticator(ctx: AuthContext): Authenticator {
  const cache = createKeyCache();
  const uses = createUseRecorder(ctx);
  const failures = createFailureLimiter(ctx.clock, (group) =>
    recordRefusal(ctx, { action: "auth.limited", errorCode: "rate_limited", detail: { address: group } }),
  );

  const ask = async (credentials: Credentials, caller: CallerAddress): Promise<Principal> => {
    const { token, fault } = credentials;
    const check = token && (await read(ctx, cache, token));
    if (check?.key && !fault) return check.key.principal;
    // Not for what was merely guessed: that must not push a good key out.
    if (token && check?.refusal && check.owner) cache.drop(token.prefix);
    await recordRefusal(ctx, {
      action: "auth.refused",
      errorCode: "unauthorized",
      ...check?.owner,
      detail: { reason: fault ?? check?.refusal, address: caller.address },
    });
    throw unauthorized();
  };

  return {
    async authenticate(credentials, caller) {
      const now = ctx.clock.now();
      const prove = () => findProven(ctx, cache, credentials);
      const known = prove();
      const principal = known?.isFresh
        ? known.principal
        : await failures.attempt(
            caller.group,
            () => ask(credentials, caller),
            () => prove() !== undefined,
          );
      uses.note(principal.keyId, { at: now, address: caller.address });
      return principal;
    },
    forget: (clientId) => cache.expire(clientId),
    flushUses: () => uses.flush(),
  };
}

// A key that was good before, by its cached hash.
function findProven(
  { clock, config }: AuthContext,
  cache: KeyCache,
  { token, fault }: Credentials,
): { readonly principal: Principal; readonly isFresh: boolean } | undefined {
  const cached = token && !fault && cache.find(token.prefix, clock.now());
  if (!cached || !verifyApiKey(config.apiKeyPeppers, token.token, cached.key)) return undefined;
  return { principal: cached.key.principal, isFresh: cached.isFresh };
}

async function read(ctx: AuthContext, cache: KeyCache, token: ApiKeyToken): Promise<KeyCheck> {
  for (let round = 1; ; round += 1) {
    const { generation } = cache;
    const now = ctx.clock.now();
    const check = await checkApiKey(ctx, token, now);
    // A change of access that came while this was read may not be in it.
    if (generation !== cache.generation && round < READ_LIMIT) continue;
    if (check.key) cache.remember(token.prefix, check.key, now, generation);
    return check;
  }
}

function unauthorized(): AppError {
  return new AppError("unauthorized", "This needs a valid API key.", {
    advice: "Send the header 'Authorization: Bearer wamcp_live_...'. The owner of this server issues keys.",
  });
}
