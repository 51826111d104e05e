import type { JsonObject } from "../../core/json-object";
import { invalid, missing, optionalText, requireObject, requireText } from "./checks";

/** The action of `flow`. */
export function validateFlow(action: JsonObject): void {
  const parameters = requireObject(action, "parameters", "action.parameters");
  const version = requireText(
    parameters,
    "flow_message_version",
    "action.parameters.flow_message_version",
    8,
  );
  if (version !== "3") throw invalid("flow_message_version must be 3");
  const id = optionalText(parameters, "flow_id", "action.parameters.flow_id", 64);
  const name = optionalText(parameters, "flow_name", "action.parameters.flow_name", 512);
  if (id === undefined && name === undefined) throw missing("action.parameters.flow_id or flow_name");
  if (id !== undefined && name !== undefined) throw invalid("a flow takes flow_id or flow_name, not both");
  const label = requireText(parameters, "flow_cta", "action.parameters.flow_cta", 30);
  if (/\p{Extended_Pictographic}/u.test(label)) throw invalid("flow_cta takes no emoji");
  oneOf(parameters.mode, ["published", "draft"], "mode");
  oneOf(parameters.flow_action, ["navigate", "data_exchange"], "flow_action");
}

function oneOf(value: unknown, allowed: string[], name: string): void {
  if (value !== undefined && !allowed.includes(String(value))) {
    throw invalid(`${name} must be one of ${allowed.join(", ")}`);
  }
}
