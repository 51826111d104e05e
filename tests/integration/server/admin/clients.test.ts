import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { listClients } from "#server/utils/admin/clients/list-clients";
import { setClientCap } from "#server/utils/admin/clients/set-client-cap";
import { setClientState } from "#server/utils/admin/clients/set-client-state";
import { createClient } from "#server/utils/admin/clients/create-client";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { adminOf, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { observe, observeRefusal } from "./observe";

let ctx: TestContext;
let admin: AdminContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  admin = adminOf(ctx);
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

const input = (name: string, isOwner = false) => ({ name, displayName: name, isOwner });

describe("createClient", () => {
  it("makes a client with its cap, and leaves one row", async () => {
    const { result: id, row } = await observe(ctx, "client.created", () =>
      createClient(admin, { name: "booking-agent", displayName: "Booking", isOwner: false, dailyCap: 40 }),
    );
    expect(row).toMatchObject({ client_id: id, detail: null });
    const [stored] = await ctx.sql`select name, display_name, is_owner, policy from clients where id = ${id}`;
    expect(stored).toEqual({
      name: "booking-agent",
      display_name: "Booking",
      is_owner: false,
      policy: { daily_cap: 40 },
    });
  });

  it("refuses a name that is taken", async () => {
    const { error, row } = await observeRefusal(ctx, "client.created", () =>
      createClient(admin, input("ann")),
    );
    expect(error).toMatchObject({ code: "conflict", message: "There is a client with this name." });
    expect(row.client_id).toBeNull();
  });

  it("refuses a second owner, and says who may be asked", async () => {
    const { error } = await observeRefusal(ctx, "client.created", () =>
      createClient(admin, input("other", true)),
    );
    expect(error).toMatchObject({
      code: "conflict",
      message: "There is an owner already, and there can be only one.",
    });
    expect(error.advice).toContain("without --owner");
    expect((await listClients(admin)).filter(({ isOwner }) => isOwner)).toHaveLength(1);
  });

  it("lets one of two owners at once through", async () => {
    const other = await createTestContext();
    const both = ["first", "second"].map((name) => createClient(adminOf(other), input(name, true)));
    const ends = await Promise.allSettled(both);
    await other.close();
    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it.each([
    "Ann",
    "ann ",
    "ann_b",
    "-ann",
    "ann-",
    "a--b",
    "1st",
    "",
    "a".repeat(64),
    "a1b2c3d4-0000-7000-8000-000000000001",
  ])("refuses %j as a name", async (name) => {
    const { error } = await observeRefusal(ctx, "client.created", () => createClient(admin, input(name)));
    expect(error.code).toBe("invalid_arguments");
  });

  it.each([-1, 1.5, 2 ** 31])("refuses a cap of %d", async (dailyCap) => {
    const work = () => createClient(admin, { ...input("capped"), dailyCap });
    const { error } = await observeRefusal(ctx, "client.created", work);
    expect(error.code).toBe("invalid_arguments");
  });
});

describe("listClients", () => {
  it("shows every client with its living keys and its numbers", async () => {
    await ctx.sql`update api_keys set revoked_at = now() where id = ${tenants.bob.keyId}`;
    const clients = await listClients(admin);
    expect(clients.map(({ name, keys, numbers }) => [name, keys, numbers])).toEqual([
      ["ann", 1, 2],
      ["bob", 0, 2],
      ["booking-agent", 0, 0],
      ["owner", 1, 3],
    ]);
    expect(clients.find(({ name }) => name === "booking-agent")).toMatchObject({
      displayName: "Booking",
      isOwner: false,
      dailyCap: 40,
      disabledAt: null,
    });
  });
});

describe("setClientState", () => {
  const set = (client: string, state: "disabled" | "enabled") => setClientState(admin, { client, state });
  const disabledAt = async () =>
    (await ctx.sql`select disabled_at from clients where id = ${tenants.ann.clientId}`)[0]?.disabled_at;

  it("disables and enables by name or id, with one row each", async () => {
    const disabled = await observe(ctx, "client.disabled", () => set("ann", "disabled"));
    expect(disabled.result).toEqual({ id: tenants.ann.clientId, name: "ann", changed: true });
    expect(disabled.row.client_id).toBe(tenants.ann.clientId);
    expect(await disabledAt()).toEqual(ctx.clock.now());
    const enabled = await observe(ctx, "client.enabled", () => set(tenants.ann.clientId, "enabled"));
    expect(enabled.result.changed).toBe(true);
    expect(await disabledAt()).toBeNull();
  });

  it("keeps the first time when it is disabled again", async () => {
    await set("ann", "disabled");
    const first = await disabledAt();
    ctx.clock.advance(60_000);
    expect((await observe(ctx, "client.disabled", () => set("ann", "disabled"))).result.changed).toBe(false);
    expect(await disabledAt()).toEqual(first);
    await set("ann", "enabled");
  });

  it("tells running servers", async () => {
    const heard: string[] = [];
    const listening = new Promise<void>((resolve) => {
      void ctx.database.listen("wamcp_access", (id) => heard.push(id), resolve);
    });
    await listening;
    await set("bob", "disabled");
    await expect.poll(() => heard).toContain(tenants.bob.clientId);
  });

  it("says where the names are when there is no such client", async () => {
    const { error, row } = await observeRefusal(ctx, "client.disabled", () => set("nobody", "disabled"));
    expect(error).toMatchObject({ code: "not_found", message: "There is no client with this name or id." });
    expect(error.advice).toContain("clients list");
    expect(row.client_id).toBeNull();
    const unknown = "00000000-0000-7000-8000-000000000000";
    await observeRefusal(ctx, "client.enabled", () => set(unknown, "enabled"));
  });
});

describe("setClientCap", () => {
  const capOf = async () =>
    (await ctx.sql`select policy ->> 'daily_cap' as cap from clients where id = ${tenants.ann.clientId}`)[0]
      ?.cap;

  it("sets the cap and takes it away again, with one row each", async () => {
    const set = (dailyCap: number | null) =>
      observe(ctx, "client.set", () => setClientCap(admin, { client: "ann", dailyCap }));
    expect((await set(40)).result).toEqual({ id: tenants.ann.clientId, name: "ann", dailyCap: 40 });
    expect(await capOf()).toBe("40");
    expect((await set(null)).row.client_id).toBe(tenants.ann.clientId);
    expect(await capOf()).toBeNull();
  });

  it("refuses what is no cap", async () => {
    const { error } = await observeRefusal(ctx, "client.set", () =>
      setClientCap(admin, { client: "ann", dailyCap: -1 }),
    );
    expect(error.code).toBe("invalid_arguments");
  });
});
