import { newId } from "#server/utils/ids";
import { callTool } from "#server/utils/mcp/call-tool";
import { completeArgument } from "#server/utils/mcp/complete-argument";
import { listResources } from "#server/utils/mcp/resources/list-resources";
import { readResource, type ResourceCall } from "#server/utils/mcp/resources/read-resource";
import type { CompletionRequest } from "#server/utils/mcp/surface";
import type { Arguments } from "./derive-arguments";
import type { Party, World } from "./plant-world";
import type { RecipientPolicy } from "./tool-cells";

/** How a call ended, and what it took. */
export interface Asked {
  readonly requestId: string;
  readonly isError: boolean;
  readonly answer: unknown;
  readonly statements: readonly string[];
  readonly ms: number;
}

/** What the audit log must say of a call. */
export interface ExpectedAudit {
  readonly requestId: string;
  readonly action: string;
  readonly clientId: string;
  readonly keyId: string;
  /** The answer's error code; null for a success. For a resource only whether there is one is known. */
  readonly errorCode: string | null | "any";
}

export interface Asker {
  callTool(me: Party, policy: RecipientPolicy, tool: string, args: Arguments): Promise<Asked>;
  readResource(me: Party, purpose: ResourceCall["purpose"], uri: string): Promise<Asked>;
  listResources(me: Party, cursor?: string): Promise<Asked>;
  complete(me: Party, ref: CompletionRequest["ref"], argument: string, value: string): Promise<Asked>;
  /** Every call so far. */
  readonly audits: readonly ExpectedAudit[];
}

/** Asks in the name of the parties of a world, and watches what that takes. */
export function createAsker({ ctx, recorder }: World): Asker {
  const system = { ...ctx.system, database: recorder.database };
  const audits: ExpectedAudit[] = [];
  const ask = async (
    work: () => Promise<Pick<Asked, "answer" | "isError">>,
    requestId: string,
  ): Promise<Asked> => {
    recorder.take();
    const startedMs = performance.now();
    const { answer, isError } = await work();
    const ms = performance.now() - startedMs;
    return { requestId, answer, isError, ms, statements: recorder.take() };
  };
  const callerOf = (me: Party, policy: RecipientPolicy = "anyone") => ({
    principal: {
      ...me.principal,
      grants: me.principal.grants.map((grant) => ({ ...grant, recipientPolicy: policy })),
    },
    requestId: newId(),
    signal: new AbortController().signal,
  });
  return {
    audits,
    async callTool(me, policy, tool, args) {
      // The database judges by the grant as it is stored.
      await ctx.sql`update grants set recipient_policy = ${policy} where client_id = ${me.clientId}`;
      const caller = callerOf(me, policy);
      const asked = await ask(async () => {
        const { structuredContent, isError } = await callTool(system, {
          ...caller,
          name: tool,
          arguments: args,
        });
        return { answer: structuredContent, isError };
      }, caller.requestId);
      const { error } = asked.answer as { error?: { code: string } };
      audits.push({ ...auditOf(me, asked), action: `tool.${tool}`, errorCode: error?.code ?? null });
      return asked;
    },
    async readResource(me, purpose, uri) {
      const caller = callerOf(me);
      const asked = await ask(
        () => answerProtocol(async () => JSON.parse(await readResource(system, { ...caller, uri, purpose }))),
        caller.requestId,
      );
      const errorCode = asked.isError ? "any" : null;
      audits.push({ ...auditOf(me, asked), action: `resource.${purpose}`, errorCode });
      return asked;
    },
    async listResources(me, cursor) {
      const caller = callerOf(me);
      const asked = await ask(
        () => answerProtocol(() => listResources(system, { ...caller, cursor })),
        caller.requestId,
      );
      audits.push({
        ...auditOf(me, asked),
        action: "resource.list",
        errorCode: asked.isError ? "any" : null,
      });
      return asked;
    },
    async complete(me, ref, name, value) {
      const caller = callerOf(me);
      const asked = await ask(
        () => answerProtocol(() => completeArgument(system, { ...caller, ref, argument: { name, value } })),
        caller.requestId,
      );
      audits.push({ ...auditOf(me, asked), action: "completion", errorCode: asked.isError ? "any" : null });
      return asked;
    },
  };
}

async function answerProtocol(work: () => Promise<unknown>): Promise<Pick<Asked, "answer" | "isError">> {
  try {
    return { answer: await work(), isError: false };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = "code" in error ? error.code : undefined;
    return {
      answer: { error: { name: error.constructor.name, code, message: error.message } },
      isError: true,
    };
  }
}

function auditOf(
  { clientId, keyId }: Party,
  { requestId }: Asked,
): Pick<ExpectedAudit, "requestId" | "clientId" | "keyId"> {
  return { requestId, clientId, keyId };
}
