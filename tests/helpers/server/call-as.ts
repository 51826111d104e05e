import type { ReportProgress } from "#server/utils/context";
import { newId } from "#server/utils/ids";
import { callTool, type ToolAnswer } from "#server/utils/mcp/call-tool";
import type { TestContext } from "./create-test-context";
import type { Tenant } from "./seed-tenants";

/** Calls a tool with a tenant's key, past authentication. */
export async function callAs(
  ctx: Pick<TestContext, "system">,
  tenant: Pick<Tenant, "principal">,
  name: string,
  args: unknown = {},
  more: { signal?: AbortSignal; requestId?: string; reportProgress?: ReportProgress } = {},
): Promise<ToolAnswer> {
  return callTool(ctx.system, {
    name,
    arguments: args,
    principal: tenant.principal,
    requestId: more.requestId ?? newId(),
    signal: more.signal ?? new AbortController().signal,
    ...(more.reportProgress ? { reportProgress: more.reportProgress } : {}),
  });
}

/** The error of a refused call; fails the test when the call was not refused. */
export function errorOf(answer: ToolAnswer): { code: string; message: string; details?: unknown } {
  if (!answer.isError) throw new Error("the call was expected to be refused, and was not");
  return answer.structuredContent.error as { code: string; message: string; details?: unknown };
}

/** What `send_message` answers. */
export interface SentMessage {
  readonly message_id: string;
  readonly status: string;
  readonly conversation_id: string;
  readonly window: { open: boolean; closes_at: string | null };
}

/** Sends a text as a tenant, and fails the test when it is refused. */
export async function sendAs(
  ctx: Pick<TestContext, "system">,
  tenant: Pick<Tenant, "principal">,
  args: Record<string, unknown>,
): Promise<SentMessage> {
  const answer = await callAs(ctx, tenant, "send_message", { body: "hello", ...args });
  if (answer.isError) throw new Error(`send_message: ${errorOf(answer).code}: ${errorOf(answer).message}`);
  return answer.structuredContent as unknown as SentMessage;
}
