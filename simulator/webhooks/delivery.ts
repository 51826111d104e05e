/** One attempt to hand a webhook over. */
export interface Attempt {
  at: number;
  ms: number;
  /** The HTTP status, when there was one. */
  status?: number;
  error?: string;
  bad_signature?: boolean;
}

/** A signed body on its way to the receiver, and what became of it. */
export interface Delivery {
  id: string;
  created_at: number;
  state: "pending" | "delivered" | "dropped" | "not_subscribed";
  about: "messages" | "statuses" | "account" | "raw" | "mixed";
  /** The message ids inside. */
  wamids: string[];
  /** The statuses inside, in the order of `wamids`. */
  statuses: string[];
  attempts: number;
  /** The last few attempts. */
  last_attempts: Attempt[];
  /** The body as sent; left out of the log when it is large. */
  body?: string;
  /** How many updates the body carries. */
  updates: number;
}
