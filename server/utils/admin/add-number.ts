import { recordAudit } from "../audit/record-audit";
import { newId } from "../ids";
import type { AdminContext } from "./admin-context";
import { insertNumber } from "./store";

export interface AddNumberInput {
  /** Meta's id of the number. */
  readonly waPhoneNumberId: string;
  readonly wabaId: string;
  /** The business portfolio, in which BSUIDs are unique. The WABA stands for it when it is not known. */
  readonly portfolioId?: string;
  readonly displayNumber: string;
  readonly label: string;
  /** Who gets messages from people that nobody wrote to before. */
  readonly defaultClientId: string;
}

/** Makes a business number known and returns its id. */
export async function addNumber(ctx: AdminContext, input: AddNumberInput): Promise<string> {
  const id = newId();
  await ctx.database.asSystem(async (tx) => {
    await insertNumber(tx, { id, ...input, portfolioId: input.portfolioId ?? input.wabaId });
    await recordAudit(tx, {
      at: ctx.clock.now(),
      actor: "admin",
      action: "number.added",
      outcome: "ok",
      phoneNumberId: id,
    });
  });
  return id;
}
