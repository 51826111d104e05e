import type { GraphClient, SendMessageInput } from "#server/utils/meta/graph-client";
import type { SendOutcome } from "#server/utils/meta/send-outcome";

/** A Graph API whose answers a test writes down beforehand. */
export interface ScriptedGraph extends GraphClient {
  /** Every call so far. */
  readonly calls: SendMessageInput[];
  /** The next calls end so, in this order; after them every call is accepted. */
  plan(...outcomes: (SendOutcome | Promise<SendOutcome>)[]): void;
}

/** An outcome with a reason, for the kinds that need one. */
export function failing(kind: "retry" | "failed" | "uncertain", code?: number): SendOutcome {
  return { kind, error: { reason: "as the test wants it", ...(code === undefined ? {} : { code }) } };
}

export function createScriptedGraph(): ScriptedGraph {
  const planned: (SendOutcome | Promise<SendOutcome>)[] = [];
  const calls: SendMessageInput[] = [];
  return {
    calls,
    plan(...outcomes) {
      planned.push(...outcomes);
    },
    async sendMessage(input) {
      calls.push(input);
      return planned.shift() ?? { kind: "accepted", wamid: `wamid.scripted-${calls.length}` };
    },
  };
}
