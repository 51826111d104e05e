import { findLivingPrincipal } from "#server/utils/auth/find-living-principal";
import type { TestContext } from "./create-test-context";
import type { Tenant } from "./seed-tenants";

/** A tenant with what its key may do now. */
export async function reloadTenant<T extends Tenant>(
  { database, clock }: TestContext,
  tenant: T,
): Promise<T> {
  const principal = await findLivingPrincipal(database, tenant.keyId, clock.now());
  if (!principal) throw new Error("this key is not good any more");
  return { ...tenant, principal };
}
