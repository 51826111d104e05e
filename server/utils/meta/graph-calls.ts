import { channel } from "node:diagnostics_channel";

/** A call to the Graph API as it ended, without anything of what was said. */
export interface GraphCall {
  /** What was done: a message sent, a file uploaded, something read, or something else written. */
  readonly operation: "send" | "upload" | "read" | "write";
  /**
   * `accepted`; `retry`: not done, worth another try; `failed`: never will be; `needs_person`: token, account or registration;
   * `uncertain`: a send of which nobody knows; `no_answer`: of a call that may be repeated.
   */
  readonly outcome: "accepted" | "retry" | "failed" | "needs_person" | "uncertain" | "no_answer";
  readonly durationMs: number;
}

const calls = channel("wamcp:graph-call");

/** Tells whoever in this process wants to know how calls to Graph end; costs nothing while nobody does. */
export const graphCalls = {
  report(call: GraphCall): void {
    calls.publish(call);
  },
  /** @returns a function that ends it */
  subscribe(listener: (call: GraphCall) => void): () => void {
    const onMessage = (message: unknown): void => listener(message as GraphCall);
    calls.subscribe(onMessage);
    return () => void calls.unsubscribe(onMessage);
  },
};
