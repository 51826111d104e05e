import { addNumber } from "#server/utils/admin/numbers/add-number";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { createClient } from "#server/utils/admin/clients/create-client";
import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { issueKey } from "#server/utils/admin/keys/issue-key";
import { createAuthenticator } from "#server/utils/auth/create-authenticator";
import type { Principal } from "#server/utils/auth/principal";
import { readCredentials } from "#server/utils/auth/read-credentials";
import { catalogue } from "#server/utils/mcp/catalogue";
import { TEST_PEPPERS, type TestContext } from "./create-test-context";

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
  return { database, clock: system.clock, peppers: TEST_PEPPERS };
}

/** Makes a key, unchecked: servers must do right even by one that an admin would refuse. Authenticates with it. */
export async function mintKey(
  ctx: TestContext,
  clientId: string,
  scopes: string[],
  limits = { rpmLimit: 60_000, dailyMsgLimit: 100_000 },
): Promise<Tenant> {
  const terms = { clientId, label: "test", scopes, mode: "test" as const, ...limits };
  const { id, token } = await ctx.database.asSystem((tx) => issueKey(tx, adminOf(ctx), terms));
  const caller = { address: "127.0.0.1", group: "127.0.0.1" };
  const credentials = readCredentials(["authorization", `Bearer ${token}`], "/mcp");
  const principal = await createAuthenticator(ctx.system).authenticate(credentials, caller);
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
  const tools = catalogue.names().map((name) => `tools:${name}`);
  return {
    owner: await mintKey(ctx, owner, ["tools:*", "numbers:*"]),
    ann: await mintKey(ctx, ann, [...tools, "numbers:101", "numbers:103"]),
    bob: await mintKey(ctx, bob, [...tools, "numbers:102", "numbers:103"]),
    numbers,
  };
}
