import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mintApiKey } from "#server/utils/admin/keys/mint-api-key";
import { createApiKeyToken } from "#server/utils/auth/api-key-format";
import { createAuthenticator, type Authenticator } from "#server/utils/auth/create-authenticator";
import { findLivingPrincipal } from "#server/utils/auth/find-living-principal";
import { hashApiKey } from "#server/utils/auth/hash-api-key";
import { createTestContext, TEST_PEPPERS, type TestContext } from "#tests/helpers/server/create-test-context";
import { forgeToken } from "#tests/helpers/server/forge-token";
import { presentKey, refusalOf, type Presented } from "#tests/helpers/server/present-key";
import { adminOf, mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { watchStatements } from "#tests/helpers/server/watch-statements";

let ctx: TestContext;
let tenants: Tenants;
let authenticator: Authenticator;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
beforeEach(() => {
  authenticator = createAuthenticator(ctx.system);
});
afterAll(() => ctx.close());

const newKey = () => mintKey(ctx, tenants.ann.clientId, ["tools:ping", "numbers:101"]);
const setKey = (id: string, change: Record<string, unknown>) =>
  ctx.sql`update api_keys set ${ctx.sql(change)} where id = ${id}`;
const setBob = (disabledAt: Date | null) =>
  ctx.sql`update clients set disabled_at = ${disabledAt} where id = ${tenants.bob.clientId}`;
const bearer = (header: string): Presented => ({ headers: ["Authorization", header] });

describe("authenticate", () => {
  it("knows whose key it is and what it may do", async () => {
    const principal = await presentKey(authenticator, tenants.ann.token);
    expect(principal).toMatchObject({
      clientId: tenants.ann.clientId,
      keyId: tenants.ann.keyId,
      clientName: "ann",
      isOwner: false,
    });
    expect(principal.grants.map(({ waPhoneNumberId }) => waPhoneNumberId)).toEqual(["101", "103"]);
    expect((await presentKey(authenticator, tenants.owner.token)).isOwner).toBe(true);
  });

  it("gives the same answer to whatever is not a valid key, and records each reason", async () => {
    const [expired, revoked, disabled] = [await newKey(), await newKey(), await newKey()];
    await setKey(expired.keyId, { expires_at: ctx.clock.now() });
    await setKey(revoked.keyId, { revoked_at: ctx.clock.now() });
    await setBob(ctx.clock.now());
    const good = tenants.ann.token;
    const cases: [Presented, string, string?][] = [
      [{}, "missing"],
      [bearer(""), "malformed"],
      [bearer(good), "malformed"],
      [bearer(`Basic ${good}`), "malformed"],
      [bearer("Bearer nonsense"), "malformed"],
      [bearer(`Bearer ${good.slice(0, -1)}-`), "malformed"],
      [createApiKeyToken("test").token, "unknown"],
      [forgeToken(disabled.token), "wrong_secret"],
      [expired.token, "expired", expired.keyId],
      [revoked.token, "revoked", revoked.keyId],
      [tenants.bob.token, "disabled", tenants.bob.keyId],
      [bearer(`Bearer ${good}, Bearer ${good}`), "smuggled", tenants.ann.keyId],
      [
        { headers: ["authorization", `Bearer ${good}`], url: `/mcp?key=${good}` },
        "smuggled",
        tenants.ann.keyId,
      ],
      [{ url: `/mcp?key=${forgeToken(good)}` }, "smuggled"],
    ];
    await ctx.sql`truncate audit_log`;
    const answers = new Set<string>();
    for (const [place, [presented]] of cases.entries()) {
      const from = `192.0.2.${place}`;
      const { code, message, advice, details } = await refusalOf(presentKey(authenticator, presented, from));
      answers.add(JSON.stringify({ code, message, advice, details }));
    }
    await setBob(null);
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain('"code":"unauthorized"');
    const rows = await ctx.sql`
      select actor, action, outcome, error_code, api_key_id, detail, client_id is not null as "hasClient"
      from audit_log order by id`;
    expect(rows).toEqual(
      cases.map(([, reason, keyId], place) => ({
        actor: "anonymous",
        action: "auth.refused",
        outcome: "refused",
        error_code: "unauthorized",
        api_key_id: keyId ?? null,
        detail: { reason, address: `192.0.2.${place}` },
        hasClient: keyId !== undefined,
      })),
    );
    expect(await presentKey(authenticator, tenants.bob.token)).toMatchObject({ clientName: "bob" });
  });

  it("keeps no part of a token on record or in the log", async () => {
    await ctx.sql`truncate audit_log`;
    const { token } = await newKey();
    const forged = forgeToken(token);
    for (const presented of [forged, { url: `/mcp?k=${token}` }, bearer(`Bearer ${token} x`)]) {
      await refusalOf(presentKey(authenticator, presented));
    }
    const [row] = await ctx.sql<
      [{ text: string }]
    >`select string_agg(audit_log::text, ' ') as text from audit_log`;
    const kept = `${row.text} ${ctx.logged.join(" ")}`;
    for (const secret of [token, forged]) {
      expect(kept).not.toContain(secret.slice(0, 19));
      expect(kept).not.toContain(secret.slice(19));
    }
  });

  it("answers the same when no audit row can be written", async () => {
    await ctx.sql`revoke insert on audit_log from wamcp_system`;
    const refusal = await refusalOf(presentKey(authenticator, {}));
    await ctx.sql`grant insert on audit_log to wamcp_system`;
    expect(refusal.code).toBe("unauthorized");
    expect(ctx.logged.join("\n")).toContain("auth.refused: no audit row could be written");
  });

  it("records nothing for a key that is good", async () => {
    const key = await newKey();
    await ctx.sql`truncate audit_log`;
    await presentKey(authenticator, key.token);
    expect(await ctx.sql`select 1 from audit_log`).toHaveLength(0);
  });

  it("says that the server cannot answer, not that the key is wrong, when the database is away", async () => {
    const system = watchStatements(ctx.database.system, () => {
      throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    });
    const database = { ...ctx.database, system };
    const other = createAuthenticator({ ...ctx.system, database });
    await expect(presentKey(other, tenants.ann.token)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("findLivingPrincipal", () => {
  it("finds what a key may do until it is not good any more", async () => {
    const key = await newKey();
    const find = () => findLivingPrincipal(ctx.database, key.keyId, ctx.clock.now());
    expect(await find()).toEqual(key.principal);
    await setKey(key.keyId, { revoked_at: ctx.clock.now() });
    expect(await find()).toBeUndefined();
    await setKey(key.keyId, { revoked_at: null, expires_at: ctx.clock.now() });
    expect(await find()).toBeUndefined();
    expect(await findLivingPrincipal(ctx.database, crypto.randomUUID(), ctx.clock.now())).toBeUndefined();
  });

  it("counts limits on the first key of a chain of rotations", async () => {
    const [first, second] = [await newKey(), await newKey()];
    await setKey(second.keyId, { limits_key_id: first.keyId });
    const found = await findLivingPrincipal(ctx.database, second.keyId, ctx.clock.now());
    expect(found?.limitsKeyId).toBe(first.keyId);
    expect(first.principal.limitsKeyId).toBe(first.keyId);
  });
});

describe("what is stored of a key", () => {
  it("is an HMAC, and the token stands nowhere", async () => {
    const admin = adminOf(ctx);
    const input = { clientId: tenants.bob.clientId, label: "stored", scopes: [], mode: "live" as const };
    const { id, token } = await mintApiKey(admin, input);
    const [row] = await ctx.sql<[{ hash: string; text: string }]>`
      select hash, api_keys::text as text from api_keys where id = ${id}`;
    expect(row.hash).toBe(hashApiKey(token, TEST_PEPPERS.current.secret));
    expect(row.text).not.toContain(token.slice(-32));
  });
});
