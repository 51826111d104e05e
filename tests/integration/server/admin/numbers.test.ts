import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { addNumber, type AddNumberInput } from "#server/utils/admin/numbers/add-number";
import { assignDefaultClient } from "#server/utils/admin/numbers/assign-default-client";
import { listNumbers } from "#server/utils/admin/numbers/list-numbers";
import { resumePausedNumber } from "#server/utils/admin/numbers/resume-paused-number";
import { setNumberState } from "#server/utils/admin/numbers/set-number-state";
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

const readNumber = async (id: string) =>
  (await ctx.sql`select * from phone_numbers where id = ${id}`)[0] ?? {};
const add = (more: Partial<AddNumberInput> = {}) =>
  addNumber(admin, { waPhoneNumberId: "104", wabaId: "900", displayNumber: "+1 555", label: "New", ...more });

describe("addNumber", () => {
  it("makes a number known, with the WABA as its portfolio and nobody for strangers", async () => {
    const { result: id, row } = await observe(ctx, "number.added", () => add());
    expect(row).toMatchObject({ phone_number_id: id, client_id: null });
    expect(await readNumber(id)).toMatchObject({
      wa_phone_number_id: "104",
      waba_id: "900",
      portfolio_id: "900",
      display_number: "+1 555",
      label: "New",
      default_client_id: null,
    });
  });

  it("takes a portfolio and a default client by name, and has Meta asked at once how it is", async () => {
    await ctx.sql`delete from outbox`;
    const id = await add({ waPhoneNumberId: "105", portfolioId: "77", defaultClientId: "ann" });
    const data = { waba_id: "900" };
    expect([...(await ctx.sql`select name, data from outbox order by name`)]).toEqual([
      { name: "wa/numbers.changed", data },
      { name: "wa/templates.changed", data },
    ]);
    expect(await readNumber(id)).toMatchObject({
      portfolio_id: "77",
      default_client_id: tenants.ann.clientId,
    });
  });

  it.each<[string, Partial<AddNumberInput>, string]>([
    ["a number that is known", {}, "conflict"],
    ["a phone number in the place of Meta's id", { waPhoneNumberId: "+1 650" }, "invalid_arguments"],
    ["an unknown default client", { waPhoneNumberId: "106", defaultClientId: "nobody" }, "not_found"],
  ])("refuses %s", async (_what, more, code) => {
    expect((await observeRefusal(ctx, "number.added", () => add(more))).error.code).toBe(code);
  });
});

describe("setNumberState", () => {
  const set = (number: string, state: "disabled" | "enabled") => setNumberState(admin, { number, state });

  it("disables and enables by Meta's id or ours, with one row each", async () => {
    const { id } = tenants.numbers.ann;
    const disabled = await observe(ctx, "number.disabled", () => set("101", "disabled"));
    expect(disabled.result).toEqual({ id, waPhoneNumberId: "101", changed: true, woken: 0 });
    expect(disabled.row.phone_number_id).toBe(id);
    expect((await readNumber(id)).disabled_at).toEqual(ctx.clock.now());
    expect((await set(id, "disabled")).changed).toBe(false);
    const enabled = await observe(ctx, "number.enabled", () => set(id, "enabled"));
    expect(enabled.result.changed).toBe(true);
    expect((await readNumber(id)).disabled_at).toBeNull();
  });

  it("tells running servers", async () => {
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      void ctx.database.listen("wamcp_access", (payload) => heard.push(payload), resolve);
    });
    await set("104", "disabled");
    await expect.poll(() => heard).toContain("");
  });

  it("says which id is meant when there is no such number", async () => {
    const { error } = await observeRefusal(ctx, "number.disabled", () => set("15550783881", "disabled"));
    expect(error.code).toBe("not_found");
    expect(error.advice).toContain("numbers list");
  });
});

describe("assignDefaultClient", () => {
  const assign = (number: string, client: string) => assignDefaultClient(admin, { number, client });

  it("gives strangers to another client that holds a grant", async () => {
    const { numbers, owner, bob } = tenants;
    const { result, row } = await observe(ctx, "number.default_assigned", () => assign("103", "bob"));
    expect(result).toMatchObject({ waPhoneNumberId: "103", client: "bob" });
    expect(row).toMatchObject({
      phone_number_id: numbers.shared.id,
      client_id: bob.clientId,
      detail: { old_client_id: owner.clientId, new_client_id: bob.clientId },
    });
    expect((await readNumber(numbers.shared.id)).default_client_id).toBe(bob.clientId);
  });

  it("refuses a client that could not read them", async () => {
    const { error } = await observeRefusal(ctx, "number.default_assigned", () => assign("101", "bob"));
    expect(error).toMatchObject({ code: "not_found", message: "This client holds no grant on this number." });
    expect((await readNumber(tenants.numbers.ann.id)).default_client_id).toBe(tenants.ann.clientId);
  });
});

describe("resumePausedNumber", () => {
  it("clears the pause by Meta's id, with one row, and says when there was none", async () => {
    const { id } = tenants.numbers.bob;
    await ctx.sql`update phone_numbers set paused_at = now(), pause_code = 131042 where id = ${id}`;
    const { result, row } = await observe(ctx, "number.resumed", () => resumePausedNumber(admin, "102"));
    expect(result).toEqual({ id, waPhoneNumberId: "102", wasPaused: true, woken: 0 });
    expect(row.phone_number_id).toBe(id);
    expect((await readNumber(id)).paused_at).toBeNull();
    expect((await resumePausedNumber(admin, id)).wasPaused).toBe(false);
    const unknown = () => resumePausedNumber(admin, "999");
    expect((await observeRefusal(ctx, "number.resumed", unknown)).error.code).toBe("not_found");
  });
});

describe("listNumbers", () => {
  it("shows every number with its state and the name of its default client", async () => {
    const { id } = tenants.numbers.ann;
    await ctx.sql`update phone_numbers set paused_at = now(), pause_code = 131042 where id = ${id}`;
    const numbers = await listNumbers(admin);
    expect(numbers.map((number) => [number.waPhoneNumberId, number.defaultClient, number.pauseCode])).toEqual(
      [
        ["101", "ann", 131042],
        ["102", "bob", null],
        ["103", "bob", null],
        ["104", null, null],
        ["105", "ann", null],
      ],
    );
    expect(numbers.find(({ waPhoneNumberId }) => waPhoneNumberId === "104")?.disabledAt).not.toBeNull();
  });
});
