import { isJsonObject, type JsonObject } from "../../core/json-object";
import { componentOf } from "../../templates/component-parts";
import type { Template } from "../../templates/template";
import { GraphError } from "../graph-error";
import { validateLocation } from "../validate/validate-location";
import { validateMedia } from "../validate/validate-media";
import { fillText } from "./fill-text";
import type { RenderedTemplate } from "../../templates/rendered-template";

const TEXT_LIMIT = 60;

/** A template's header with its parameter: a text, a file or a place. */
export function fillHeader(template: Template, given: JsonObject | undefined): RenderedTemplate["header"] {
  const defined = componentOf(template, "HEADER");
  if (defined === undefined || defined.format === "TEXT") {
    const text = fillText(template, "header", defined?.text, given);
    if (text.length > TEXT_LIMIT) {
      throw new GraphError(132005, { details: `The header is longer than ${TEXT_LIMIT} characters` });
    }
    return defined === undefined ? undefined : { type: "text", text };
  }
  const type = String(defined.format).toLowerCase();
  const parameters = Array.isArray(given?.parameters) ? given.parameters.filter(isJsonObject) : [];
  const [parameter] = parameters;
  const content = parameter?.[type];
  if (parameters.length !== 1 || parameter?.type !== type || !isJsonObject(content)) {
    const got = parameter === undefined ? "nothing" : String(parameter.type);
    throw new GraphError(132012, { details: `header: the template takes one ${type}, got ${got}` });
  }
  if (type === "location") validateLocation(content);
  else validateMedia(content, type, { caption: false });
  return { type, content };
}
