import type { Database } from "#db/client";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { createClient } from "#server/utils/admin/clients/create-client";
import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { addNumber } from "#server/utils/admin/numbers/add-number";
import type { Peppers } from "#server/utils/auth/peppers";

/** Who shares a database: the owner, a client that has most of it, one that has little, and two others. By id. */
export interface RowTenants {
  readonly owner: string;
  readonly most: string;
  readonly few: string;
  readonly others: readonly [string, string];
  readonly numbers: readonly { readonly id: string; readonly waPhoneNumberId: string }[];
}

export const ROW_PEPPERS: Peppers = { current: { version: 1, secret: "pepper-of-the-bench-".repeat(3) } };
const META_IDS = ["101", "102", "103"];

export async function seedRowTenants(database: Database): Promise<RowTenants> {
  const admin: AdminContext = { database, clock: { now: () => new Date() }, peppers: ROW_PEPPERS };
  const create = (name: string) =>
    createClient(admin, { name, displayName: name, isOwner: name === "owner" });
  const [owner, most, few] = [await create("owner"), await create("most"), await create("few")];
  const others = [await create("other-one"), await create("other-two")] as const;
  const numbers: { id: string; waPhoneNumberId: string }[] = [];
  for (const waPhoneNumberId of META_IDS) {
    const told = { displayNumber: `+1 555 ${waPhoneNumberId}`, label: `number ${waPhoneNumberId}` };
    numbers.push({
      id: await addNumber(admin, { waPhoneNumberId, wabaId: "900", ...told }),
      waPhoneNumberId,
    });
  }
  for (const [clientId, visibility] of [
    [owner, "all"],
    [most, "own"],
    [few, "own"],
    [others[0], "own"],
    [others[1], "own"],
  ] as const) {
    for (const { id, waPhoneNumberId } of numbers) {
      if (clientId === few && waPhoneNumberId === "102") continue;
      await grantNumber(admin, { clientId, phoneNumberId: id, visibility });
    }
  }
  return { owner, most, few, others, numbers };
}
