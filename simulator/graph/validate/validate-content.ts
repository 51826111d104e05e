import type { JsonObject } from "../../core/json-object";
import { GraphError } from "../graph-error";
import { asObject, invalid, missing, optionalText, requireList, requireObject, requireText } from "./checks";
import { validateInteractive } from "./validate-interactive";
import { validateMedia } from "./validate-media";
import { validateText } from "./validate-text";

const VALIDATORS: Record<string, (body: JsonObject, type: string) => void> = {
  text: (body) => validateText(requireObject(body, "text")),
  image: media,
  video: media,
  audio: media,
  document: media,
  sticker: media,
  location: (body) => validateLocation(requireObject(body, "location")),
  contacts: validateContacts,
  reaction: (body) => validateReaction(requireObject(body, "reaction")),
  interactive: (body) => validateInteractive(requireObject(body, "interactive")),
  template: (body) => validateTemplate(requireObject(body, "template")),
};

/** Checks the object named after `type` against Meta's limits and hands it back. */
export function validateContent(body: JsonObject, type: string): unknown {
  const validate = Object.hasOwn(VALIDATORS, type) ? VALIDATORS[type] : undefined;
  if (validate === undefined) {
    throw new GraphError(131051, { details: "This message type is not supported" });
  }
  validate(body, type);
  return body[type];
}

function media(body: JsonObject, type: string): void {
  validateMedia(requireObject(body, type), type);
}

// Meta's schema declares strings, its examples use numbers; both are taken.
function validateLocation(location: JsonObject): void {
  for (const [key, bound] of [
    ["latitude", 90],
    ["longitude", 180],
  ] as const) {
    const value = location[key];
    if (value === undefined || value === null || value === "") throw missing(`location.${key}`);
    const degrees = Number(value);
    if (!Number.isFinite(degrees) || Math.abs(degrees) > bound)
      throw invalid(`location.${key} is out of range`);
  }
}

function validateContacts(body: JsonObject): void {
  for (const item of requireList(body, "contacts", "contacts", 1, 257)) {
    const name = requireObject(asObject(item, "contact"), "name", "contacts.name");
    requireText(name, "formatted_name", "contacts.name.formatted_name", 1024);
  }
}

// An empty emoji takes a reaction back.
function validateReaction(reaction: JsonObject): void {
  requireText(reaction, "message_id", "reaction.message_id", 512);
  if (optionalText(reaction, "emoji", "reaction.emoji", 64) === undefined) throw missing("reaction.emoji");
}

function validateTemplate(template: JsonObject): void {
  requireText(template, "name", "template.name", 512);
  const language = requireObject(template, "language", "template.language");
  requireText(language, "code", "template.language.code", 32);
  if (template.components !== undefined) requireList(template, "components", "template.components", 0, 100);
}
