import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { listAliases } from "../sending/store";
import type { TemplateRow } from "./store";

const PHONES = new Set(["wa_id", "phone_input"]);

/**
 * Holds an authentication template to people whose phone number is known: to a user id alone Meta sends none (131062).
 *
 * @throws AppError `conflict`
 */
export async function requirePhoneForCode(
  tx: Transaction,
  { category }: Pick<TemplateRow, "category">,
  contactId: string,
): Promise<void> {
  if (category !== "AUTHENTICATION") return;
  const aliases = await listAliases(tx, contactId);
  if (aliases.some(({ kind }) => PHONES.has(kind))) return;
  throw new AppError(
    "conflict",
    "An authentication template needs a phone number, and this person's is not known.",
    {
      advice:
        "Ask for it with a contact_info_request (send_interactive), or choose a template of another category.",
      details: { field: "to" },
    },
  );
}
