import type { World } from "../core/world";
import { announceChanges, announceStatus } from "./announce-template";
import { checkDefinition } from "./check-definition";
import { completeComponents } from "./complete-components";
import { buttonsOf, componentOf } from "./component-parts";
import { placeholdersOf } from "./placeholders";
import { readComponents } from "./read-components";
import type { Template, TemplateCategory, TemplateQuality, TemplateStatus } from "./template";

/** What may be said about a template when it is made or changed. */
export interface TemplatePatch {
  name: string;
  language: string;
  category?: TemplateCategory | undefined;
  components?: unknown;
  parameter_format?: "POSITIONAL" | "NAMED" | undefined;
  status?: TemplateStatus | undefined;
  quality_score?: TemplateQuality | undefined;
  rejected_reason?: string | undefined;
}

/**
 * Makes a template or changes the one with this name and language, and tells the business.
 *
 * @throws TemplateDefinitionError
 */
export function putTemplate(world: World, patch: TemplatePatch): Template {
  const known = world.templates.find(patch.name, patch.language);
  const before = known === undefined ? undefined : { ...known };
  const wanted = merge(before ?? newTemplate(patch, world.clock.now()), patch, world.clock.now());
  checkDefinition(wanted);
  if (known === undefined || before === undefined) {
    const added = world.templates.add(wanted);
    announceStatus(world, added, added.status);
    return added;
  }
  Object.assign(known, wanted);
  announceChanges(world, before, known);
  return known;
}

function newTemplate({ name, language }: TemplatePatch, now: number): Omit<Template, "id"> {
  return {
    name,
    language,
    category: "UTILITY",
    status: "APPROVED",
    parameterFormat: "POSITIONAL",
    components: [],
    quality: "UNKNOWN",
    qualityAt: now,
    rejectedReason: "NONE",
  };
}

function merge<Kind extends Omit<Template, "id">>(before: Kind, patch: TemplatePatch, now: number): Kind {
  const merged: Kind = { ...before };
  if (patch.category !== undefined && patch.category !== before.category) {
    merged.previousCategory = before.category;
    merged.category = patch.category;
  }
  if (patch.components !== undefined) {
    merged.components = completeComponents(readComponents(patch.components), merged.category);
    merged.parameterFormat = formatOf(merged);
  }
  if (patch.parameter_format !== undefined) merged.parameterFormat = patch.parameter_format;
  if (patch.status !== undefined) {
    merged.status = patch.status;
    merged.rejectedReason = patch.status === "REJECTED" ? "INVALID_FORMAT" : "NONE";
  }
  if (patch.rejected_reason !== undefined) merged.rejectedReason = patch.rejected_reason;
  if (patch.quality_score !== undefined && patch.quality_score !== before.quality) {
    merged.quality = patch.quality_score;
    merged.qualityAt = now;
  }
  return merged;
}

/** Names instead of numbers in the texts make a template NAMED. */
function formatOf(template: Pick<Template, "components">): Template["parameterFormat"] {
  const texts = [componentOf(template, "HEADER")?.text, componentOf(template, "BODY")?.text];
  texts.push(...buttonsOf(template).map(({ url }) => url));
  return texts.flatMap(placeholdersOf).every((name) => /^\d+$/.test(name)) ? "POSITIONAL" : "NAMED";
}
