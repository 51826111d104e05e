import { crc32 } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { mintApiKey } from "#server/utils/admin/mint-api-key";
import { createApiKeyToken } from "#server/utils/auth/api-key-format";
import {
  createAuthenticator,
  KEY_CACHE_MS,
  type Authenticator,
} from "#server/utils/auth/create-authenticator";
import { hashApiKey } from "#server/utils/auth/hash-api-key";
import { AppError } from "#server/utils/errors";
import { createTestContext, TEST_PEPPER, type TestContext } from "#tests/helpers/server/create-test-context";
import { holdTable } from "#tests/helpers/server/hold-table";
import { adminOf, mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let tenants: Tenants;
let authenticator: Authenticator;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(() => {
  authenticator = createAuthenticator(ctx.database, TEST_PEPPER, ctx.clock);
});

afterAll(() => ctx.close());

const present = (token: string, address?: string) => authenticator.authenticate(`Bearer ${token}`, address);
const refusalOf = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => new Error("was accepted"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
};
const newKey = () => mintKey(ctx, tenants.ann.clientId, ["tools:ping", "numbers:*"]);
const setKey = (id: string, change: Record<string, unknown>) =>
  ctx.sql`update api_keys set ${ctx.sql(change)} where id = ${id}`;

describe("authenticate", () => {
  it("knows whose key it is and what it may do", async () => {
    const principal = await present(tenants.ann.token);
    expect(principal).toMatchObject({
      clientId: tenants.ann.clientId,
      keyId: tenants.ann.keyId,
      clientName: "ann",
      isOwner: false,
    });
    expect(principal.grants.map(({ waPhoneNumberId }) => waPhoneNumberId)).toEqual(["101", "103"]);
    expect((await present(tenants.owner.token)).isOwner).toBe(true);
  });

  it("gives the same answer to whatever is not a valid key", async () => {
    const [expired, revoked, disabled] = [await newKey(), await newKey(), await newKey()];
    await setKey(expired.keyId, { expires_at: ctx.clock.now() });
    await setKey(revoked.keyId, { revoked_at: ctx.clock.now() });
    await ctx.sql`update clients set disabled_at = now() where id = ${tenants.bob.clientId}`;
    const other = createApiKeyToken("test");
    const headers = [
      undefined,
      "",
      tenants.ann.token,
      `Basic ${tenants.ann.token}`,
      "Bearer nonsense",
      `Bearer ${tenants.ann.token.slice(0, -1)}x`,
      `Bearer ${other.token}`,
      `Bearer ${tokenWithPrefixOf(disabled.token)}`,
      `Bearer ${expired.token}`,
      `Bearer ${revoked.token}`,
      `Bearer ${tenants.bob.token}`,
    ];
    const answers = [];
    for (const header of headers) {
      const { code, message, advice, details } = await refusalOf(authenticator.authenticate(header));
      answers.push({ code, message, advice, details });
    }
    await ctx.sql`update clients set disabled_at = null where id = ${tenants.bob.clientId}`;
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.code).toBe("unauthorized");
    expect(await present(tenants.bob.token)).toMatchObject({ clientName: "bob" });
  });

  it("refuses a key that was hashed with another pepper", async () => {
    const other = createAuthenticator(ctx.database, "another pepper", ctx.clock);
    expect((await refusalOf(other.authenticate(`Bearer ${tenants.ann.token}`))).code).toBe("unauthorized");
  });

  it("remembers when and from where a key was used, and not who tried to guess it", async () => {
    const key = await newKey();
    const readUse = async () => {
      const [row] = await ctx.sql<[{ ip: string | null }]>`
        select last_used_ip as ip from api_keys where id = ${key.keyId}`;
      return row.ip;
    };
    ctx.clock.advance(1000);
    await refusalOf(present(tokenWithPrefixOf(key.token), "192.0.2.66"));
    expect(await readUse()).not.toBe("192.0.2.66");
    await present(key.token, "192.0.2.1");
    expect(await readUse()).toBe("192.0.2.1");
  });

  it("says that the server cannot answer, not that the key is wrong, when the database is away", async () => {
    const away = { ...ctx.database, system: failing(ctx.database.system) };
    const other = createAuthenticator(away, TEST_PEPPER, ctx.clock);
    await expect(other.authenticate(`Bearer ${tenants.ann.token}`)).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });
});

describe("the cache", () => {
  it("is used for 30 s by the clock, and not longer", async () => {
    const key = await newKey();
    await present(key.token);
    await setKey(key.keyId, { revoked_at: ctx.clock.now() });
    ctx.clock.advance(KEY_CACHE_MS - 1);
    expect(await present(key.token)).toMatchObject({ keyId: key.keyId });
    ctx.clock.advance(1);
    expect((await refusalOf(present(key.token))).code).toBe("unauthorized");
  });

  it("never outlives the key itself", async () => {
    const key = await newKey();
    await setKey(key.keyId, { expires_at: new Date(ctx.clock.now().getTime() + 5_000) });
    await present(key.token);
    ctx.clock.advance(5_000);
    expect((await refusalOf(present(key.token))).code).toBe("unauthorized");
  });

  it("does not let a wrong secret in after the right one", async () => {
    const key = await newKey();
    await present(key.token);
    expect((await refusalOf(present(tokenWithPrefixOf(key.token)))).code).toBe("unauthorized");
  });

  it("forgets one client, or everybody", async () => {
    const [first, second] = [await newKey(), await mintKey(ctx, tenants.bob.clientId, ["tools:ping"])];
    await present(first.token);
    await present(second.token);
    await setKey(first.keyId, { revoked_at: ctx.clock.now() });
    await setKey(second.keyId, { revoked_at: ctx.clock.now() });
    authenticator.forget(tenants.ann.clientId);
    expect((await refusalOf(present(first.token))).code).toBe("unauthorized");
    expect(await present(second.token)).toMatchObject({ keyId: second.keyId });
    authenticator.forget();
    expect((await refusalOf(present(second.token))).code).toBe("unauthorized");
  });

  it("does not keep what was read while access changed", async () => {
    const key = await newKey();
    const held = await holdTable(ctx, "grants");
    const racing = present(key.token);
    await held.waitForWaiters();
    await setKey(key.keyId, { revoked_at: ctx.clock.now() });
    authenticator.forget(tenants.ann.clientId);
    await held.release();
    await racing;
    expect((await refusalOf(present(key.token))).code).toBe("unauthorized");
  });
});

describe("NOTIFY wamcp_access", () => {
  const heard: string[] = [];

  beforeAll(() =>
    ctx.database.listen(
      "wamcp_access",
      (payload) => heard.push(payload),
      () => {},
    ),
  );

  /** What was heard of a change, by a fence that comes after it. */
  async function hear(change: () => PromiseLike<unknown>): Promise<string[]> {
    heard.length = 0;
    await change();
    await ctx.sql`select pg_notify('wamcp_access', 'fence')`;
    await vi.waitFor(() => expect(heard).toContain("fence"));
    return heard.filter((payload) => payload !== "fence");
  }

  it.each([
    ["a revoked key", () => setKey(tenants.ann.keyId, { revoked_at: null })],
    ["changed scopes", () => setKey(tenants.ann.keyId, { scopes: ["tools:ping", "numbers:*"] })],
    ["a changed expiry", () => setKey(tenants.ann.keyId, { expires_at: null })],
    ["changed limits", () => setKey(tenants.ann.keyId, { rpm_limit: 10 })],
    [
      "a disabled client",
      () => ctx.sql`update clients set disabled_at = null where id = ${tenants.ann.clientId}`,
    ],
    ["a changed grant", () => ctx.sql`update grants set visibility = 'own' where id = ${grantOfAnn()}`],
    ["a removed grant", () => ctx.sql`delete from grants where id = ${grantOfAnn()}`],
    ["a removed key", () => ctx.sql`delete from api_keys where id = ${tenants.ann.keyId}`],
  ])("tells of %s, by the client's id", async (_what, change) => {
    expect(await hear(change)).toEqual([tenants.ann.clientId]);
  });

  it("tells of a new grant", async () => {
    const { numbers, bob } = tenants;
    const row = { id: crypto.randomUUID(), client_id: bob.clientId, phone_number_id: numbers.ann.id };
    expect(await hear(() => ctx.sql`insert into grants ${ctx.sql(row)}`)).toEqual([bob.clientId]);
  });

  it("calls on everybody when a number is disabled", async () => {
    const disable = (at: Date | null) =>
      ctx.sql`update phone_numbers set disabled_at = ${at} where id = ${tenants.numbers.ann.id}`;
    expect(await hear(() => disable(new Date()))).toEqual([""]);
    await disable(null);
  });

  it("does not tell of a key's last use", async () => {
    const key = await mintKey(ctx, tenants.bob.clientId, ["tools:ping"]);
    authenticator.forget();
    ctx.clock.advance(60_000);
    expect(await hear(() => present(key.token, "192.0.2.7"))).toEqual([]);
    const [row] = await ctx.sql`select last_used_ip from api_keys where id = ${key.keyId}`;
    expect(row).toEqual({ last_used_ip: "192.0.2.7" });
  });

  const grantOfAnn = () => ctx.sql`
    (select id from grants where client_id = ${tenants.ann.clientId} order by id limit 1)`;
});

describe("what is stored of a key", () => {
  it("is an HMAC, and the token stands nowhere", async () => {
    const admin = adminOf(ctx);
    const input = { clientId: tenants.bob.clientId, label: "stored", scopes: [], mode: "live" as const };
    const { id, token } = await mintApiKey(admin, input);
    const [row] = await ctx.sql<[{ hash: string; text: string }]>`
      select hash, api_keys::text as text from api_keys where id = ${id}`;
    expect(row.hash).toBe(hashApiKey(token, TEST_PEPPER));
    expect(row.text).not.toContain(token.slice(-32));
  });
});

/** A token that is well formed and finds the same row, with another secret. */
function tokenWithPrefixOf(token: string): string {
  const prefix = token.slice(0, "wamcp_test_".length + 8);
  const other = createApiKeyToken("test");
  const body = `${prefix}${other.token.slice(prefix.length, prefix.length + 26)}`;
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let rest = crc32(body);
  let sum = "";
  while (rest > 0) {
    sum = alphabet.charAt(rest % 62) + sum;
    rest = Math.floor(rest / 62);
  }
  return body + sum.padStart(6, "0");
}

function failing<T extends object>(target: T): T {
  return new Proxy(target, {
    get: () => () => {
      throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    },
  });
}
