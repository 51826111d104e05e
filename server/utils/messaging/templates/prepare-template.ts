import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { buildTemplate, type TemplateInput } from "../../meta/payloads/template";
import type { ContentPlace, PreparedContent } from "../message-content";
import { checkTemplate } from "./check-template";
import { fillCode } from "./fill-code";
import { renderTemplate } from "./render-template";
import { requirePhoneForCode } from "./require-phone-for-code";
import { listTemplates } from "./store";

/**
 * Makes of a template and its values what Meta gets, once they fit.
 *
 * @throws AppError `not_found` for a template that the number's account has not got, `conflict` for one that this person cannot
 * be sent, and what `checkTemplate` throws
 */
export async function prepareTemplate(
  tx: Transaction,
  { phoneNumberId, contactId }: ContentPlace,
  given: TemplateInput,
): Promise<PreparedContent> {
  const { name, language } = given;
  const [template] = await listTemplates(tx, phoneNumberId, { name, language, limit: 1 });
  if (!template) {
    throw new AppError("not_found", "This number has no such template in this language.", {
      advice: "Call list_templates; a template may have other languages.",
      details: { field: "name" },
    });
  }
  const whole = fillCode(template, given);
  checkTemplate(template, whole);
  await requirePhoneForCode(tx, template, contactId);
  return { payload: buildTemplate(whole), text: renderTemplate(template, whole) };
}
