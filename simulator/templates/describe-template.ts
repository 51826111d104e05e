import type { JsonObject } from "../core/json-object";
import type { Template } from "./template";

const DEFAULT_FIELDS = ["name", "parameter_format", "components", "language", "status", "category"];

/** A template with the fields asked for; `id` always comes along. Unknown fields are left out. */
export function describeTemplate(template: Template, fields: string[] = DEFAULT_FIELDS): JsonObject {
  const all: JsonObject = {
    name: template.name,
    parameter_format: template.parameterFormat,
    components: template.components,
    language: template.language,
    status: template.status,
    category: template.category,
    quality_score: { score: template.quality, date: Math.floor(template.qualityAt / 1000) },
    rejected_reason: template.rejectedReason,
    ...(template.previousCategory === undefined ? {} : { previous_category: template.previousCategory }),
  };
  const wanted = fields.map((field) => field.trim()).filter((field) => Object.hasOwn(all, field));
  return { ...Object.fromEntries(wanted.map((field) => [field, all[field]])), id: template.id };
}
