import * as v from "valibot";
import type { Principal } from "../../auth/principal";
import type { JsonObject } from "../client-link";
import { ProtocolError } from "../protocol-error";
import { promptCatalogue } from "./prompt-catalogue";

/**
 * A prompt with its arguments filled in. It reads nothing: whether the key may see what an argument names is found out by the
 * tools that the model then calls.
 *
 * @throws ProtocolError for a prompt that the key is not shown, and for arguments that do not fit
 */
export function getPrompt(
  principal: Principal,
  name: string,
  given: Readonly<Record<string, string>>,
): JsonObject {
  const prompt = promptCatalogue.find(principal, name);
  if (!prompt) {
    throw new ProtocolError(-32602, "Unknown prompt. prompts/list names the prompts of this key.");
  }
  const parsed = v.safeParse(prompt.arguments, given);
  if (!parsed.success)
    throw new ProtocolError(-32602, `Invalid arguments: ${describeIssue(parsed.issues[0])}`);
  const text = prompt.write(parsed.output);
  return { description: prompt.description, messages: [{ role: "user", content: { type: "text", text } }] };
}

// The fields are ours to name, an unknown one is not, and what was received is nobody's business.
function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === "never") return "there is one that this prompt does not take.";
  const field = v.getDotPath(issue) ?? "arguments";
  return `${field} ${issue.kind === "validation" ? issue.message : "is missing or not text"}.`;
}
