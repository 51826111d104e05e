import type { Transaction } from "#db/client";
import { unsendablePart } from "../../meta/unsendable-part";
import { describeTemplate, type DescribedTemplate } from "./describe-template";
import { listTemplates } from "./store";

// Enough to choose from; list_templates shows the rest.
const LIMIT = 10;
// Few are of a kind that cannot be sent from here.
const READ_LIMIT = 50;

/** Templates that may be sent from a number now, with what they want. */
export async function listFittingTemplates(
  tx: Transaction,
  phoneNumberId: string,
): Promise<Pick<DescribedTemplate, "name" | "language" | "params">[]> {
  const rows = await listTemplates(tx, phoneNumberId, { sendable: true, limit: READ_LIMIT });
  return rows
    .filter(({ components }) => unsendablePart(components) === undefined)
    .slice(0, LIMIT)
    .map(describeTemplate)
    .map(({ name, language, params }) => ({ name, language, params }));
}
