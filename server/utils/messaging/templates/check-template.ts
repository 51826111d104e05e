import { AppError } from "../../errors";
import type { TemplateInput } from "../../meta/payloads/template";
import { readTemplateParameters, type TemplateParameters } from "../../meta/template-parameters";
import { unsendablePart } from "../../meta/unsendable-part";
import { checkTemplateLengths } from "./check-template-lengths";
import { misfit } from "./misfit";
import { SENDABLE_STATUSES } from "./sendable-statuses";
import type { TemplateRow } from "./store";

/**
 * Holds what a caller gives for a template to what the template wants, before Meta is called.
 *
 * @throws AppError `conflict` for a template that may not be sent now or from here, `invalid_arguments` with what it wants
 */
export function checkTemplate(template: TemplateRow, given: TemplateInput): void {
  if (!SENDABLE_STATUSES.includes(template.status)) {
    throw new AppError("conflict", `This template is ${template.status.toLowerCase()}, not approved.`, {
      advice: "Choose another one; list_templates shows which are approved.",
      details: { field: "name", status: template.status },
    });
  }
  const part = unsendablePart(template.components);
  if (part !== undefined) {
    throw new AppError("conflict", `This template is not sendable here: it has ${part}.`, {
      advice: "Choose another one; list_templates says of which this is so.",
      details: { field: "name" },
    });
  }
  const wanted = readTemplateParameters(template);
  const isNamed = template.parameterFormat === "NAMED";
  checkHeader(wanted, given.header, isNamed);
  checkValues("body", wanted.body ?? [], given.body, isNamed, wanted);
  checkButtons(wanted, given.buttons ?? [], template);
  checkTemplateLengths(template, given, wanted);
}

function checkHeader(wanted: TemplateParameters, given: TemplateInput["header"], isNamed: boolean): void {
  const { header } = wanted;
  if (!header) {
    if (given) throw misfit("header", "this template takes none", wanted);
    return;
  }
  const { type } = header;
  if (!given) throw misfit("header", `is missing: the template wants a ${type}`, wanted);
  if (given.type !== type) throw misfit("header.type", `must be ${type}, is ${given.type}`, wanted);
  const files = [given.url, given.media_id].filter((file) => file !== undefined).length;
  const isFile = type !== "text" && type !== "location";
  if (isFile && files !== 1) throw misfit("header.url", "give either url or media_id", wanted);
  if (!isFile && files > 0) throw misfit("header.url", `a ${type} takes no file`, wanted);
  if (type !== "document" && given.filename !== undefined) {
    throw misfit("header.filename", `a ${type} takes none, only a document does`, wanted);
  }
  if (type === "location" && !given.location) throw misfit("header.location", "is missing", wanted);
  if (type !== "location" && given.location) throw misfit("header.location", `a ${type} takes none`, wanted);
  checkValues("header.values", header.variables ?? [], given.values, isNamed, wanted);
}

function checkValues(
  field: string,
  names: readonly string[],
  given: TemplateInput["body"],
  isNamed: boolean,
  wanted: TemplateParameters,
): void {
  const count = given === undefined ? 0 : Object.keys(given).length;
  if (count !== names.length) {
    throw misfit(field, `must have ${names.length} values, has ${count}`, wanted);
  }
  if (given === undefined || count === 0) return;
  if (Array.isArray(given) === isNamed) {
    throw misfit(field, isNamed ? "must give values by name" : "must be a list, in order", wanted);
  }
  // A name that the caller made up is not repeated: it may be anybody's words.
  const missing = isNamed ? names.filter((name) => !Object.hasOwn(given, name)) : [];
  if (missing.length > 0) throw misfit(field, `${missing.join(", ")} is missing`, wanted);
}

function checkButtons(
  wanted: TemplateParameters,
  given: NonNullable<TemplateInput["buttons"]>,
  { components }: TemplateRow,
): void {
  const indexes = given.map(({ index }) => index);
  if (new Set(indexes).size !== indexes.length) throw misfit("buttons", "one button is given twice", wanted);
  for (const { index, type } of wanted.buttons ?? []) {
    if (given.some((button) => button.index === index && button.type === type)) continue;
    throw misfit("buttons", `the ${type} button at index ${index} wants a value`, wanted);
  }
  const defined = components
    .filter((part) => String(part.type).toUpperCase() === "BUTTONS")
    .flatMap(({ buttons }) => (Array.isArray(buttons) ? (buttons as Record<string, unknown>[]) : []));
  for (const { index, type, data } of given) {
    const isWanted = wanted.buttons?.some((button) => button.index === index && button.type === type);
    // A quick reply may be given a payload and need not.
    const isReply = type === "quick_reply" && String(defined[index]?.type).toLowerCase() === "quick_reply";
    if (!isWanted && !isReply) {
      throw misfit("buttons", `there is no ${type} button with a variable at index ${index}`, wanted);
    }
    if (data && type !== "flow") throw misfit("buttons.data", "goes with a flow only", wanted);
  }
}
