import { addNumber } from "#server/utils/admin/add-number";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { createClient } from "#server/utils/admin/create-client";
import { grantNumber } from "#server/utils/admin/grant-number";
import { mintApiKey } from "#server/utils/admin/mint-api-key";
import { createAuthenticator } from "#server/utils/auth/create-authenticator";
import type { Principal } from "#server/utils/auth/principal";
import { catalogue } from "#server/utils/mcp/catalogue";
import { TEST_PEPPER, type TestContext } from "./create-test-context";

export interface Tenant {
  readonly clientId: string;
  readonly keyId: string;
  readonly token: string;
  readonly principal: Principal;
}

export interface SeededNumber {
  /** Ours. */
  readonly id: string;
  /** Meta's. */
  readonly waPhoneNumberId: string;
}

/** The owner, who sees everything, and two clients with a number each and one that they share. */
export interface Tenants {
  readonly owner: Tenant;
  readonly ann: Tenant;
  readonly bob: Tenant;
  readonly numbers: { readonly ann: SeededNumber; readonly bob: SeededNumber; readonly shared: SeededNumber };
}

/** What the administrator's verbs want. */
export function adminOf({ database, system }: TestContext): AdminContext {
  return { database, clock: system.clock, pepper: TEST_PEPPER };
}

/** Makes a key and authenticates with it. */
export async function mintKey(ctx: TestContext, clientId: string, scopes: string[]): Promise<Tenant> {
  const { id, token } = await mintApiKey(adminOf(ctx), { clientId, label: "test", scopes, mode: "test" });
  const authenticator = createAuthenticator(ctx.database, TEST_PEPPER, ctx.system.clock);
  const principal = await authenticator.authenticate(`Bearer ${token}`);
  return { clientId, keyId: id, token, principal };
}

/** Fills a database with three tenants. Messages from strangers on the shared number go to the owner. */
export async function seedTenants(ctx: TestContext): Promise<Tenants> {
  const admin = adminOf(ctx);
  const create = (name: string) =>
    createClient(admin, { name, displayName: name, isOwner: name === "owner" });
  const [owner, ann, bob] = [await create("owner"), await create("ann"), await create("bob")];
  const add = async (waPhoneNumberId: string, defaultClientId: string): Promise<SeededNumber> => {
    const more = { displayNumber: `+1 555 ${waPhoneNumberId}`, label: `number ${waPhoneNumberId}` };
    const id = await addNumber(admin, { waPhoneNumberId, wabaId: "900", defaultClientId, ...more });
    return { id, waPhoneNumberId };
  };
  const numbers = { ann: await add("101", ann), bob: await add("102", bob), shared: await add("103", owner) };
  const grant = (clientId: string, number: SeededNumber, visibility: "own" | "all") =>
    grantNumber(admin, { clientId, phoneNumberId: number.id, visibility, recipientPolicy: "anyone" });
  for (const number of Object.values(numbers)) await grant(owner, number, "all");
  for (const number of [numbers.ann, numbers.shared]) await grant(ann, number, "own");
  for (const number of [numbers.bob, numbers.shared]) await grant(bob, number, "own");
  const scopes = [...catalogue.names().map((name) => `tools:${name}`), "numbers:*"];
  return {
    owner: await mintKey(ctx, owner, ["tools:*", "numbers:*"]),
    ann: await mintKey(ctx, ann, scopes),
    bob: await mintKey(ctx, bob, scopes),
    numbers,
  };
}
