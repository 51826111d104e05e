import { isJsonObject, type JsonObject } from "../../core/json-object";
import { componentOf } from "../../templates/component-parts";
import type { Template } from "../../templates/template";
import type { TemplateStore } from "../../templates/template-store";
import { GraphError } from "../graph-error";
import type { Recipient } from "../resolve-recipient";
import { fillButtons } from "./fill-buttons";
import { fillHeader } from "./fill-header";
import { fillText } from "./fill-text";
import type { RenderedTemplate } from "../../templates/rendered-template";

const BODY_LIMIT = 1024;

/**
 * Finds the template that a send names and puts the parameters in place.
 *
 * @throws GraphError 132001 when there is none that may be sent, 132000 / 132012 / 132018 / 132005 / 131008 when the
 * parameters do not fit, 132015 and 132016 when it is paused or disabled
 */
export function prepareTemplate(
  templates: TemplateStore,
  send: JsonObject,
  { addressedBy }: Pick<Recipient, "addressedBy">,
): RenderedTemplate {
  const template = requireSendable(templates, send);
  if (template.category === "AUTHENTICATION" && addressedBy === "user_id") {
    throw new GraphError(131062, { details: "Authentication templates need a phone number" });
  }
  const components = Array.isArray(send.components) ? send.components.filter(isJsonObject) : [];
  const given = (type: string) =>
    components.find((component) => String(component.type).toLowerCase() === type);
  requireCards(template, given("carousel"));
  const header = fillHeader(template, given("header"));
  const body = fillText(template, "body", componentOf(template, "BODY")?.text, given("body"));
  if (body.length > BODY_LIMIT) {
    throw new GraphError(132005, { details: `The body is longer than ${BODY_LIMIT} characters` });
  }
  const footer = componentOf(template, "FOOTER")?.text;
  return {
    name: template.name,
    language: template.language,
    category: template.category,
    ...(header === undefined ? {} : { header }),
    body,
    ...(typeof footer === "string" ? { footer } : {}),
    buttons: fillButtons(template, components),
  };
}

function requireSendable(templates: TemplateStore, { name, language }: JsonObject): Template {
  const code = isJsonObject(language) ? String(language.code) : "";
  const template = templates.find(String(name), code);
  if (template?.status === "PAUSED") throw new GraphError(132015, { details: "The template is paused" });
  if (template?.status === "DISABLED") throw new GraphError(132016, { details: "The template is disabled" });
  // A flagged template is under watch and still goes out.
  if (template !== undefined && (template.status === "APPROVED" || template.status === "FLAGGED"))
    return template;
  const details = `There is no approved template ${String(name)} in ${code}`;
  throw new GraphError(132001, { details });
}

function requireCards(template: Template, given: JsonObject | undefined): void {
  const defined = componentOf(template, "CAROUSEL")?.cards;
  if (!Array.isArray(defined)) return;
  const cards = Array.isArray(given?.cards) ? given.cards : [];
  if (cards.length === defined.length) return;
  const details = `carousel: ${cards.length} cards were sent, the template has ${defined.length}`;
  throw new GraphError(132000, { details });
}
