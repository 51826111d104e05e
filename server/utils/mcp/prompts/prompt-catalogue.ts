import { toJsonSchema } from "@valibot/to-json-schema";
import { mayUseTool } from "../../auth/scopes";
import type { Principal } from "../../auth/principal";
import type { PromptDescription } from "../surface";
import type { Prompt } from "./define-prompt";
import { draftReply } from "./draft-reply";
import { summariseConversation } from "./summarise-conversation";
import { triageInbox } from "./triage-inbox";

const PROMPTS: readonly Prompt[] = [
  triageInbox,
  draftReply,
  summariseConversation,
] as unknown as readonly Prompt[];

const entries = PROMPTS.map((prompt) => ({ prompt, description: describePrompt(prompt) }));

/** Every prompt there is, shown to those who may call the tools that it needs. */
export const promptCatalogue = {
  find: (principal: Principal, name: string): Prompt | undefined =>
    entries.find(({ prompt }) => prompt.name === name && mayUsePrompt(principal, prompt))?.prompt,
  describe: (principal: Principal): PromptDescription[] =>
    entries.filter(({ prompt }) => mayUsePrompt(principal, prompt)).map(({ description }) => description),
};

function mayUsePrompt(principal: Principal, prompt: Prompt): boolean {
  return prompt.tools.every((tool) => mayUseTool(principal, tool));
}

function describePrompt({ name, title, description, arguments: schema }: Prompt): PromptDescription {
  const { properties = {}, required = [] } = toJsonSchema(schema, { errorMode: "ignore" });
  return {
    name,
    title,
    description,
    arguments: Object.entries(properties).map(([argument, property]) => ({
      name: argument,
      description: typeof property === "object" ? (property.description ?? "") : "",
      required: required.includes(argument),
    })),
  };
}
