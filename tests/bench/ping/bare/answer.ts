import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers one request to the endpoint of an era. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
