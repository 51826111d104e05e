import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { resolveContact } from "../../messaging/conversations/contacts/store";
import { readRecipient, type Recipient } from "../../messaging/recipient";
import { isContact } from "./store";

/**
 * The contact that an admin means. A person whom nobody wrote to yet becomes one.
 *
 * @param recipient a phone number with its country code, a wa_id, a BSUID or a contact id
 * @throws AppError `invalid_arguments`, `not_found` for an unknown contact id
 */
export async function findRecipient(
  tx: Transaction,
  portfolioId: string,
  recipient: string,
): Promise<string> {
  const meant = read(recipient);
  if (meant.kind !== "contact") return resolveContact(tx, portfolioId, [meant]);
  if (await isContact(tx, portfolioId, meant.contactId)) return meant.contactId;
  throw new AppError("not_found", "There is no contact with this id on this number's portfolio.", {
    advice: "Give the phone number with its country code, for example +16505551234.",
  });
}

// In the words of the tools the recipient is `to`, which an admin never wrote.
function read(recipient: string): Recipient {
  try {
    return readRecipient(recipient, "to");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, "This is not a phone number, a wa_id, a BSUID or a contact id.", {
      advice: "Give a phone number with its country code, for example +16505551234.",
      cause: error,
    });
  }
}
