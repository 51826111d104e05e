import { randomUUID } from "node:crypto";
import type { RequestId } from "./classify-message";
import type { Session } from "./create-http-link";
import { createOutgoing, type Outgoing } from "./create-outgoing";
import { parseJson } from "./parse-json";
import { readJsonRpcError } from "./read-json-rpc-error";
import type { SendResult } from "./send-until-answered";
import type { JsonRpcError } from "./shim-errors";

/** The answer to a request of the shim's own. */
export interface OwnReply {
  readonly sent: SendResult;
  /** Present when the server answered with a result. */
  readonly result?: Record<string, unknown>;
  /** Present when the server answered with an error. */
  readonly error?: JsonRpcError;
  /** What the server called the session; only the answer to `initialize` matters. */
  readonly sessionId?: string;
}

/** What {@link askServer} needs. */
export interface Question {
  /** Where the answer is looked for. */
  readonly pending: Map<RequestId, Outgoing>;
  send(outgoing: Outgoing): Promise<SendResult>;
  readonly method: string;
  readonly params: Record<string, unknown>;
  session(): Session | undefined;
  /** Whether it may be asked again in a renewed session. */
  readonly survivesRenewal: boolean;
  readonly waitMs: number;
  /** When to stop waiting for the answer, in milliseconds; without it, when the shim stops. */
  readonly limitMs?: number;
}

/** Asks the server something that the host did not ask; the host never sees the answer. */
export async function askServer(question: Question): Promise<OwnReply> {
  const { pending, send, method, params, session, survivesRenewal, waitMs, limitMs } = question;
  const id = `wamcp-stdio/${randomUUID()}`;
  let timer: NodeJS.Timeout | undefined;
  const reply = await new Promise<OwnReply>((resolve) => {
    const outgoing = createOutgoing({
      text: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
      message: { kind: "request", id, method, params },
      session,
      survivesRenewal,
      waitMs,
      receive: async ({ result }, text) => {
        const { sessionId } = outgoing;
        const error = readJsonRpcError(parseJson(text));
        resolve({
          sent: { kind: "done" },
          ...(result !== undefined && { result }),
          ...(error !== undefined && { error }),
          ...(sessionId !== undefined && { sessionId }),
        });
      },
    });
    pending.set(id, outgoing);
    if (limitMs !== undefined) timer = setTimeout(() => outgoing.abort.abort(), limitMs);
    void send(outgoing).then((sent) => resolve({ sent }));
  });
  clearTimeout(timer);
  pending.delete(id);
  return reply;
}
