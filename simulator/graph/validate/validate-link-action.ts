import type { JsonObject } from "../../core/json-object";
import { invalid, requireObject, requireText } from "./checks";

/** The action of `cta_url`: a label of at most 20 characters and a web address. */
export function validateLinkAction(action: JsonObject): void {
  const parameters = requireObject(action, "parameters", "action.parameters");
  requireText(parameters, "display_text", "action.parameters.display_text", 20);
  const url = requireText(parameters, "url", "action.parameters.url", 2000);
  if (!/^https?:\/\/\S+$/i.test(url)) throw invalid("action.parameters.url is not a web address");
}
