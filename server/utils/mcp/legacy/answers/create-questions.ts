import { randomUUID } from "node:crypto";
import type { JsonObject, RequestOptions } from "../../client-link";
import type { Answer } from "./take-answers";

export interface Question extends RequestOptions {
  readonly method: string;
  readonly params: JsonObject;
  readonly signal: AbortSignal;
  /** Sends a message on the stream of the call that wants to know. */
  readonly send: (message: JsonObject) => Promise<void>;
}

/** The questions that this process has put to the client of one session. */
export interface Questions {
  /** @throws Error when there is no answer in time, or an error */
  ask(question: Question): Promise<JsonObject>;
  /** Takes an answer; false when the question was not asked here. */
  settle(answer: Answer): boolean;
  /** Gives up all that are open, and any that follows. */
  release(): void;
}

/**
 * Puts questions to a client. Their ids are ours and not the SDK's: it counts from 0 in every process, and a person's word on
 * one question would be taken for another's when the answer arrives elsewhere.
 */
export function createQuestions(): Questions {
  const open = new Map<string, (answer: Answer) => void>();
  const released = new AbortController();
  return {
    async ask({ method, params, signal, send, timeoutMs }) {
      const id = randomUUID();
      let giveUp = (): void => {};
      const answered = new Promise<Answer>((resolve, reject) => {
        open.set(id, resolve);
        giveUp = () => {
          reject(new Error("the question was not answered"));
          send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } }).catch(
            () => {},
          );
        };
      });
      // It may be over before anybody awaits it.
      answered.catch(() => {});
      const timer = setTimeout(giveUp, timeoutMs);
      const ends = [signal, released.signal];
      for (const end of ends) end.addEventListener("abort", giveUp, { once: true });
      try {
        if (released.signal.aborted) throw new Error("nobody is asked any more");
        await send({ jsonrpc: "2.0", id, method, params });
        const { result } = await answered;
        if (!result) throw new Error("the question was answered with an error");
        return result;
      } finally {
        open.delete(id);
        clearTimeout(timer);
        for (const end of ends) end.removeEventListener("abort", giveUp);
      }
    },
    settle(answer) {
      const resolve = open.get(answer.id);
      resolve?.(answer);
      return resolve !== undefined;
    },
    release: () => released.abort(),
  };
}
