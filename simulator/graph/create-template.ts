import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { putTemplate } from "../templates/put-template";
import { TEMPLATE_CATEGORIES, type Template } from "../templates/template";
import { TemplateDefinitionError } from "../templates/template-definition-error";
import { GraphError } from "./graph-error";
import { requireText } from "./validate/checks";

const REVIEW_MS = 200;

/** Makes a template as the business asks for it. It is PENDING; Meta approves it a moment later, if the setting says so. */
export function createTemplate(world: World, body: JsonObject): JsonObject {
  const name = requireText(body, "name", "name", 512);
  const language = requireText(body, "language", "language", 32);
  const category = TEMPLATE_CATEGORIES.find((known) => known === String(body.category).toUpperCase());
  if (category === undefined) {
    throw new GraphError(100, {
      message: `(#100) Param category must be one of {${TEMPLATE_CATEGORIES.join(", ")}}.`,
    });
  }
  if (world.templates.find(name, language) !== undefined) {
    const details = `There is a template ${name} in ${language} already`;
    throw new GraphError(100, { details, subcode: 2_388_024 });
  }
  if (world.templates.isFull)
    throw new GraphError(100, { details: "The account is full", subcode: 2_388_019 });
  const named = String(body.parameter_format).toUpperCase() === "NAMED" ? ("NAMED" as const) : undefined;
  const { components } = body;
  const patch = { name, language, category, components, parameter_format: named, status: "PENDING" as const };
  const template = put(world, patch);
  if (world.settings.template_auto_approve) {
    world.clock.after(REVIEW_MS / world.settings.speed, () => approve(world, template));
  }
  return { id: template.id, status: template.status, category: template.category };
}

function put(world: World, patch: Parameters<typeof putTemplate>[1]): Template {
  try {
    return putTemplate(world, patch);
  } catch (error) {
    if (error instanceof TemplateDefinitionError) throw new GraphError(100, { details: error.message });
    throw error;
  }
}

/** Unless it has been decided on or deleted meanwhile. */
function approve(world: World, { id, name, language }: Template): void {
  if (world.templates.findById(id)?.status === "PENDING")
    putTemplate(world, { name, language, status: "APPROVED" });
}
