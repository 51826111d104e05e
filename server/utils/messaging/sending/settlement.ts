import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import type { MessageRow, SendingConversation } from "./store";

/** An attempt that is being settled, under its conversation's lock and its message's. */
export interface Settlement {
  readonly ctx: SystemContext;
  readonly tx: Transaction;
  readonly now: Date;
  readonly conversation: SendingConversation;
  readonly message: MessageRow;
  /** Inngest's. */
  readonly runId: string | undefined;
}
