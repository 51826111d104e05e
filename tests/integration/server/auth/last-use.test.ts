import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthenticator, type Authenticator } from "#server/utils/auth/create-authenticator";
import { createUseRecorder, USE_ENTRIES } from "#server/utils/auth/create-use-recorder";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { forgeToken } from "#tests/helpers/server/forge-token";
import { presentKey, refusalOf } from "#tests/helpers/server/present-key";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
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

const newKey = () => mintKey(ctx, tenants.ann.clientId, ["tools:ping"]);
const readUse = async (id: string) => {
  const [row] = await ctx.sql<[{ at: Date | null; ip: string | null }]>`
    select last_used_at as at, last_used_ip as ip from api_keys where id = ${id}`;
  return row;
};

describe("when a key was used last", () => {
  it("is written for all keys in one statement, from wherever each was used last", async () => {
    const [first, second] = [await newKey(), await newKey()];
    await presentKey(authenticator, first.token, "192.0.2.1");
    ctx.clock.advance(1_000);
    const usedAt = ctx.clock.now();
    await presentKey(authenticator, first.token, "::ffff:192.0.2.2");
    await presentKey(authenticator, second.token, "2001:DB8:0::7");
    expect(await readUse(first.keyId)).toEqual({ at: null, ip: null });
    let statements = 0;
    const system = watchStatements(ctx.database.system, () => {
      statements += 1;
    });
    const counted = createUseRecorder({ ...ctx.system, database: { ...ctx.database, system } });
    for (const { keyId } of [first, second]) counted.note(keyId, { at: usedAt, address: "192.0.2.9" });
    await authenticator.flushUses();
    expect(await readUse(first.keyId)).toEqual({ at: usedAt, ip: "192.0.2.2" });
    expect(await readUse(second.keyId)).toEqual({ at: usedAt, ip: "2001:db8::7" });
    await counted.flush();
    expect(statements).toBe(1);
    await counted.flush();
    expect(statements).toBe(1);
  });

  it("says nothing of who tried to guess it", async () => {
    const key = await newKey();
    await refusalOf(presentKey(authenticator, forgeToken(key.token), "192.0.2.66"));
    await authenticator.flushUses();
    expect(await readUse(key.keyId)).toEqual({ at: null, ip: null });
  });

  it("never goes back, whichever process writes first", async () => {
    const key = await newKey();
    const [early, late] = [createUseRecorder(ctx.system), createUseRecorder(ctx.system)];
    const at = ctx.clock.now();
    const before = new Date(at.getTime() - 1);
    late.note(key.keyId, { at, address: "192.0.2.2" });
    late.note(key.keyId, { at: before, address: "192.0.2.1" });
    early.note(key.keyId, { at: before, address: "192.0.2.1" });
    await late.flush();
    await early.flush();
    expect(await readUse(key.keyId)).toEqual({ at, ip: "192.0.2.2" });
  });

  it("is written by several processes at once without a deadlock", async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, newKey));
    const recorders = [keys, keys.toReversed(), keys, keys.toReversed()].map((order, index) => {
      const recorder = createUseRecorder(ctx.system);
      const at = new Date(ctx.clock.now().getTime() + index);
      for (const { keyId } of order) recorder.note(keyId, { at, address: `192.0.2.${index}` });
      return recorder;
    });
    const before = ctx.logged.length;
    await Promise.all(recorders.map((recorder) => recorder.flush()));
    expect(ctx.logged.slice(before)).toEqual([]);
    for (const { keyId } of keys) expect((await readUse(keyId)).ip).toBe("192.0.2.3");
  });

  it("stays noted when it cannot be written, until it can, and nothing newer is lost", async () => {
    const [first, second] = [await newKey(), await newKey()];
    const recorder = createUseRecorder(ctx.system);
    const [at, later] = [ctx.clock.now(), new Date(ctx.clock.now().getTime() + 5)];
    recorder.note(first.keyId, { at, address: "192.0.2.1" });
    recorder.note(second.keyId, { at, address: "192.0.2.1" });
    await ctx.sql`revoke update on api_keys from wamcp_system`;
    const failing = recorder.flush();
    recorder.note(second.keyId, { at: later, address: "192.0.2.2" });
    await failing;
    await ctx.sql`grant update on api_keys to wamcp_system`;
    expect(ctx.logged.join("\n")).toContain("the last uses of keys are written later");
    await recorder.flush();
    expect(await readUse(first.keyId)).toEqual({ at, ip: "192.0.2.1" });
    expect(await readUse(second.keyId)).toEqual({ at: later, ip: "192.0.2.2" });
  });

  it("is remembered of so many keys at most; the oldest goes", async () => {
    const [first, last] = [await newKey(), await newKey()];
    const recorder = createUseRecorder(ctx.system);
    const use = { at: ctx.clock.now(), address: "192.0.2.1" };
    recorder.note(first.keyId, use);
    for (let place = 1; place < USE_ENTRIES; place += 1) recorder.note(crypto.randomUUID(), use);
    recorder.note(last.keyId, use);
    await recorder.flush();
    expect(await readUse(first.keyId)).toEqual({ at: null, ip: null });
    expect(await readUse(last.keyId)).toEqual({ at: use.at, ip: use.address });
  });
});
