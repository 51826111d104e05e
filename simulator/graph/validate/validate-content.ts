import type { JsonObject } from "../../core/json-object";
import { GraphError } from "../graph-error";
import { requireObject } from "./checks";
import { validateContacts } from "./validate-contacts";
import { validateInteractive } from "./validate-interactive";
import { validateLocation } from "./validate-location";
import { validateMedia } from "./validate-media";
import { validateReaction } from "./validate-reaction";
import { validateTemplate } from "./validate-template";
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
