import type { AdminContext } from "../admin-context";
import { selectNumbers } from "./store";

/** A number, as an admin sees it. */
export type NumberView = Awaited<ReturnType<typeof selectNumbers>>[number];

/** Every number, by Meta's id. */
export async function listNumbers(ctx: AdminContext): Promise<NumberView[]> {
  return selectNumbers(ctx.database.system);
}
