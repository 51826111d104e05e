import { findLivingPrincipal } from "../auth/find-living-principal";
import type { Principal } from "../auth/principal";
import type { SystemContext } from "../context";

interface Holder {
  readonly principal: Principal;
}

/**
 * Tells everybody what his key may do now; undefined for one that is not good any more. What fails for one does not keep it
 * from the others.
 *
 * @throws what failed first, once all are told who can be
 */
export async function refreshPrincipals<T extends Holder>(
  { database, clock }: Pick<SystemContext, "database" | "clock">,
  holders: readonly T[],
  tell: (holder: T, principal: Principal | undefined) => unknown,
): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async <R>(work: () => Promise<R>): Promise<R | undefined> => {
    try {
      return await work();
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  for (const keyId of new Set(holders.map(({ principal }) => principal.keyId))) {
    const concerned = holders.filter(({ principal }) => principal.keyId === keyId);
    await attempt(async () => {
      const principal = await findLivingPrincipal(database, keyId, clock.now());
      for (const holder of concerned) await attempt(async () => tell(holder, principal));
    });
  }
  if (failures.length > 0) throw failures[0];
}
