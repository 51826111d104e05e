import { grantedNumbers, mayUseTool } from "../auth/scopes";
import type { CallContext, SystemContext } from "../context";
import { AppError } from "../errors";
import { listNewestConversations } from "../messaging/conversations/listing/list-newest-conversations";
import { performCall, type Caller } from "./perform-call";
import { promptCatalogue } from "./prompts/prompt-catalogue";
import { listResourceTemplates } from "./resources/list-resource-templates";
import { RESOURCE_TOOL } from "./resources/resource-tool";
import type { Completion, CompletionRequest } from "./surface";
import { toProtocolError } from "./to-protocol-error";

// The most that the protocol allows.
const VALUES_LIMIT = 100;

export interface CompletionCall extends Caller, CompletionRequest {}

/**
 * Completes an id that somebody types into a prompt or an address: of those that the key can see, the newest first. It reads
 * the database, so it counts and is recorded like a call.
 *
 * @throws ProtocolError
 */
export async function completeArgument(system: SystemContext, call: CompletionCall): Promise<Completion> {
  const { ref, argument, ...caller } = call;
  const outcome = await performCall(system, caller, "completion", async (ctx) => {
    if (!takesArgument(ctx, ref, argument.name)) {
      throw new AppError("not_found", "There is no such argument to complete for this key.");
    }
    const prefix = argument.value.trim();
    return argument.name === "conversation_id"
      ? completeConversationId(ctx, prefix)
      : completeNumberId(ctx, prefix);
  });
  if ("error" in outcome) throw toProtocolError(outcome.error);
  return outcome.result;
}

function takesArgument({ principal }: CallContext, ref: CompletionRequest["ref"], argument: string): boolean {
  if (!mayUseTool(principal, RESOURCE_TOOL)) return false;
  if (ref.type === "ref/resource") {
    const template = listResourceTemplates(principal).find(({ uriTemplate }) => uriTemplate === ref.uri);
    return template?.uriTemplate.includes(`{${argument}}`) ?? false;
  }
  const prompt = promptCatalogue.find(principal, ref.name);
  return prompt !== undefined && Object.hasOwn(prompt.arguments.entries, argument);
}

async function completeConversationId(ctx: CallContext, prefix: string): Promise<Completion> {
  const found = await listNewestConversations(ctx, { prefix, limit: VALUES_LIMIT + 1 });
  return { values: found.slice(0, VALUES_LIMIT).map(({ id }) => id), hasMore: found.length > VALUES_LIMIT };
}

function completeNumberId({ principal }: CallContext, prefix: string): Completion {
  const ids = grantedNumbers(principal, RESOURCE_TOOL).map((number) => number.waPhoneNumberId);
  const values = ids.filter((id) => id.startsWith(prefix));
  return {
    values: values.slice(0, VALUES_LIMIT),
    total: values.length,
    hasMore: values.length > VALUES_LIMIT,
  };
}
