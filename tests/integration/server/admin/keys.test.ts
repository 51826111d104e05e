import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { setClientState } from "#server/utils/admin/clients/set-client-state";
import { createClient } from "#server/utils/admin/clients/create-client";
import { listKeys } from "#server/utils/admin/keys/list-keys";
import { revokeKey } from "#server/utils/admin/keys/revoke-key";
import { rotateKey } from "#server/utils/admin/keys/rotate-key";
import { setKeyLimits } from "#server/utils/admin/keys/set-key-limits";
import { scanKeys } from "#server/utils/admin/keys/scan-keys";
import { mintApiKey, type MintApiKeyInput } from "#server/utils/admin/keys/mint-api-key";
import { createApiKeyToken } from "#server/utils/auth/api-key-format";
import { hashApiKey } from "#server/utils/auth/hash-api-key";
import { catalogue } from "#server/utils/mcp/catalogue";
import { createTestContext, TEST_PEPPERS, type TestContext } from "#tests/helpers/server/create-test-context";
import { adminOf, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { observe, observeRefusal } from "./observe";

const DAY_MS = 86_400_000;

let ctx: TestContext;
let admin: AdminContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  admin = adminOf(ctx);
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

const mint = (more: Partial<MintApiKeyInput> = {}) =>
  mintApiKey(admin, { clientId: "ann", label: "laptop", mode: "live", ...more });
const readKey = async (id: string) => (await ctx.sql`select * from api_keys where id = ${id}`)[0] ?? {};
const inDays = (days: number) => new Date(ctx.clock.now().getTime() + days * DAY_MS);

describe("mintApiKey", () => {
  it("gives a client all tools and all its numbers by name when nothing is said", async () => {
    const { result: key, row } = await observe(ctx, "key.minted", () => mint());
    expect(row).toMatchObject({ client_id: tenants.ann.clientId, api_key_id: key.id, detail: null });
    expect(key.scopes).toEqual([
      ...catalogue.names().map((name) => `tools:${name}`),
      "numbers:101",
      "numbers:103",
    ]);
    expect(key.token).toMatch(/^wamcp_live_/);
    expect(key.token.startsWith(key.prefix)).toBe(true);
    expect(await readKey(key.id)).toMatchObject({
      prefix: key.prefix,
      hash: hashApiKey(key.token, TEST_PEPPERS.current.secret),
      pepper_version: 1,
      label: "laptop",
      rpm_limit: 60,
      daily_msg_limit: 250,
      expires_at: null,
      limits_key_id: null,
    });
  });

  it("gives the owner everything when nothing is said", async () => {
    expect((await mint({ clientId: "owner" })).scopes).toEqual(["tools:*", "numbers:*"]);
  });

  it("takes scopes, limits and an expiry", async () => {
    const scopes = ["tools:ping", "numbers:101"];
    const key = await mint({ scopes, rpmLimit: 5, dailyMsgLimit: 0, expiresAt: inDays(90), mode: "test" });
    expect(key.prefix).toMatch(/^wamcp_test_/);
    expect(await readKey(key.id)).toMatchObject({
      scopes,
      rpm_limit: 5,
      daily_msg_limit: 0,
      expires_at: inDays(90),
    });
  });

  it.each(["tools:*", "numbers:*", "tools:no_such_tool", "numbers:102", "everything"])(
    "refuses %s for a client that is not the owner",
    async (scope) => {
      const { error, row } = await observeRefusal(ctx, "key.minted", () =>
        mint({ scopes: ["tools:ping", scope] }),
      );
      expect(error.code).toBe("invalid_arguments");
      expect(row).toMatchObject({ client_id: tenants.ann.clientId, api_key_id: null });
    },
  );

  it("asks for a number first when the client has none", async () => {
    await createClient(admin, { name: "numberless", displayName: "n", isOwner: false });
    const { error } = await observeRefusal(ctx, "key.minted", () => mint({ clientId: "numberless" }));
    expect(error).toMatchObject({ code: "conflict" });
    expect(error.advice).toContain("grants add");
  });

  it.each<[string, () => Partial<MintApiKeyInput>]>([
    ["a label that says nothing", () => ({ label: " " })],
    ["no calls a minute", () => ({ rpmLimit: 0 })],
    ["less than no messages", () => ({ dailyMsgLimit: -1 })],
    ["an expiry that is over", () => ({ expiresAt: ctx.clock.now() })],
  ])("refuses %s", async (_what, more) => {
    const { error } = await observeRefusal(ctx, "key.minted", () => mint(more()));
    expect(error.code).toBe("invalid_arguments");
  });

  it("refuses an unknown client", async () => {
    const { error } = await observeRefusal(ctx, "key.minted", () => mint({ clientId: "nobody" }));
    expect(error.code).toBe("not_found");
  });
});

describe("listKeys", () => {
  it("shows what state each key is in, and never its hash", async () => {
    const expiring = await mint({ clientId: "bob", label: "expired", expiresAt: inDays(1) });
    const revoked = await mint({ clientId: "bob", label: "revoked" });
    await revokeKey(admin, revoked.id);
    ctx.clock.advance(DAY_MS);
    const keys = await listKeys(admin, "bob");
    expect(keys.map(({ label, state }) => [label, state])).toEqual([
      ["test", "alive"],
      ["expired", "expired"],
      ["revoked", "revoked"],
    ]);
    expect(JSON.stringify(keys)).not.toContain((await readKey(expiring.id)).hash);
    await setClientState(admin, { client: "bob", state: "disabled" });
    expect((await listKeys(admin, tenants.bob.clientId))[0]?.state).toBe("disabled");
    await setClientState(admin, { client: "bob", state: "enabled" });
    expect(new Set((await listKeys(admin)).map(({ client }) => client))).toEqual(
      new Set(["ann", "bob", "owner"]),
    );
    await expect(listKeys(admin, "nobody")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("revokeKey", () => {
  it("takes a prefix, an id or the whole key", async () => {
    for (const name of ["prefix", "id", "token"] as const) {
      const key = await mint();
      const { result, row } = await observe(ctx, "key.revoked", () => revokeKey(admin, key[name]));
      expect(result).toEqual({ id: key.id, prefix: key.prefix, client: "ann", changed: true });
      expect(row).toMatchObject({ client_id: tenants.ann.clientId, api_key_id: key.id });
      expect((await readKey(key.id)).revoked_at).toEqual(ctx.clock.now());
    }
  });

  it("keeps the first time when it is revoked again", async () => {
    const key = await mint();
    await revokeKey(admin, key.id);
    const first = ctx.clock.now();
    ctx.clock.advance(1_000);
    expect((await observe(ctx, "key.revoked", () => revokeKey(admin, key.id))).result.changed).toBe(false);
    expect((await readKey(key.id)).revoked_at).toEqual(first);
  });

  it("does not repeat what it was given when there is no such key", async () => {
    const { token } = createApiKeyToken("live");
    for (const key of [token, "00000000-0000-7000-8000-000000000000", "laptop"]) {
      const { error, row } = await observeRefusal(ctx, "key.revoked", () => revokeKey(admin, key));
      expect(error.code).toBe("not_found");
      expect(`${error.message} ${error.advice} ${JSON.stringify(row)}`).not.toContain(key);
    }
  });
});

describe("rotateKey", () => {
  const rotate = (key: string, graceDays = 7) => rotateKey(admin, { key, graceMs: graceDays * DAY_MS });

  it("makes a key with the same rights, limits and time to live, and ends the old one after the grace", async () => {
    const scopes = ["tools:ping", "numbers:103"];
    const old = await mint({ scopes, rpmLimit: 7, dailyMsgLimit: 9, expiresAt: inDays(90), mode: "test" });
    ctx.clock.advance(10 * DAY_MS);
    const { result: key, row } = await observe(ctx, "key.rotated", () => rotate(old.prefix));
    expect(row).toMatchObject({
      client_id: tenants.ann.clientId,
      api_key_id: key.id,
      detail: { rotated_from_id: old.id },
    });
    expect(key.prefix).toMatch(/^wamcp_test_/);
    expect(await readKey(key.id)).toMatchObject({
      client_id: tenants.ann.clientId,
      label: "laptop",
      scopes,
      rpm_limit: 7,
      daily_msg_limit: 9,
      expires_at: inDays(90),
      rotated_from_id: old.id,
      limits_key_id: old.id,
      hash: hashApiKey(key.token, TEST_PEPPERS.current.secret),
    });
    expect((await readKey(old.id)).expires_at).toEqual(inDays(7));
    expect(key.old).toEqual({ id: old.id, prefix: old.prefix, expiresAt: inDays(7) });
  });

  it("never lets the old key live longer than it would have", async () => {
    const old = await mint({ expiresAt: inDays(3) });
    expect((await rotate(old.id)).old.expiresAt).toEqual(inDays(3));
    expect((await readKey(old.id)).expires_at).toEqual(inDays(3));
  });

  it("makes a key that never expires from one that never does", async () => {
    expect((await rotate((await mint()).id)).expiresAt).toBeNull();
  });

  it("counts a whole chain against its first key", async () => {
    const first = await mint({ expiresAt: inDays(90) });
    const second = await rotate(first.id);
    ctx.clock.advance(DAY_MS);
    const third = await rotate(second.id);
    expect(await readKey(third.id)).toMatchObject({
      rotated_from_id: second.id,
      limits_key_id: first.id,
      expires_at: inDays(90),
    });
  });

  it("ends the old key at once without a grace", async () => {
    const old = await mint();
    await rotate(old.id, 0);
    expect((await listKeys(admin)).find(({ id }) => id === old.id)?.state).toBe("expired");
  });

  it("refuses a key that is revoked, expired, unknown, or was rotated before", async () => {
    const [revoked, expired, rotated] = [await mint(), await mint({ expiresAt: inDays(1) }), await mint()];
    await revokeKey(admin, revoked.id);
    ctx.clock.advance(DAY_MS);
    const successor = await rotate(rotated.id);
    for (const key of [revoked, expired, rotated]) {
      const { error, row } = await observeRefusal(ctx, "key.rotated", () => rotate(key.id));
      expect(error.code).toBe("conflict");
      expect(row).toMatchObject({ client_id: tenants.ann.clientId, api_key_id: key.id });
      expect(error.message).toContain({ [rotated.id]: successor.prefix }[key.id] ?? "cannot be rotated");
    }
    expect((await observeRefusal(ctx, "key.rotated", () => rotate("laptop"))).error.code).toBe("not_found");
    const [row] =
      await ctx.sql`select count(*)::int as n from api_keys where rotated_from_id in ${ctx.sql([revoked.id, expired.id])}`;
    expect(row).toEqual({ n: 0 });
  });

  it("makes one successor when two ask at once", async () => {
    const old = await mint();
    const ends = await Promise.allSettled([rotate(old.id), rotate(old.id)]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("scanKeys", () => {
  it("finds each key once, and says whether it is ours and still good", async () => {
    const [alive, revoked] = [await mint(), await mint()];
    await revokeKey(admin, revoked.id);
    const foreign = createApiKeyToken("live");
    const text = `KEY=${alive.token}\n"${revoked.token}",${alive.token}\t${foreign.token} wamcp_live_nothing`;
    const found = await scanKeys(admin, text);
    expect(found.map(({ prefix, state, key }) => [prefix, state, key?.id])).toEqual([
      [alive.prefix, "alive", alive.id],
      [revoked.prefix, "revoked", revoked.id],
      [foreign.prefix, "unknown", undefined],
    ]);
    expect(JSON.stringify(found)).not.toContain(alive.token);
    expect(await scanKeys(admin, "nothing here")).toEqual([]);
  });
});

describe("setKeyLimits", () => {
  it("changes what is named, tells running servers, and leaves one row", async () => {
    const key = await mint();
    const { result, row } = await observe(ctx, "key.set", () =>
      setKeyLimits(admin, key.prefix, { rpmLimit: 120 }),
    );
    expect(result).toEqual({
      id: key.id,
      prefix: key.prefix,
      client: "ann",
      rpmLimit: 120,
      dailyMsgLimit: 250,
    });
    expect(row.api_key_id).toBe(key.id);
    expect(await readKey(key.id)).toMatchObject({ rpm_limit: 120, daily_msg_limit: 250 });
  });

  it("holds for what the key was rotated from and into as well", async () => {
    const first = await mint();
    const second = await rotateKey(admin, { key: first.prefix, graceMs: DAY_MS });
    await setKeyLimits(admin, second.prefix, { dailyMsgLimit: 10 });
    expect(await readKey(first.id)).toMatchObject({ daily_msg_limit: 10 });
    await setKeyLimits(admin, first.prefix, { rpmLimit: 5 });
    expect(await readKey(second.id)).toMatchObject({ rpm_limit: 5, daily_msg_limit: 10 });
  });

  it("refuses a rate of nothing: that is what revoking is for", async () => {
    const key = await mint();
    const { error } = await observeRefusal(ctx, "key.set", () =>
      setKeyLimits(admin, key.prefix, { rpmLimit: 0 }),
    );
    expect(error.code).toBe("invalid_arguments");
  });
});
