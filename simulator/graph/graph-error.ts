import type { JsonObject } from "../core/json-object";
import { errorEntry } from "./error-catalogue";

/** What an error says beyond its code. */
export interface GraphErrorOptions {
  /** The explanation in `error_data.details`. */
  details?: string | undefined;
  /** Replaces the whole `message`. */
  message?: string | undefined;
  subcode?: number | undefined;
  httpStatus?: number | undefined;
  type?: string | undefined;
}

/** An error as the Graph API answers it (reference 2.7). */
export class GraphError extends Error {
  readonly code: number;
  readonly httpStatus: number;
  readonly #options: GraphErrorOptions;

  constructor(code: number, options: GraphErrorOptions = {}) {
    const entry = errorEntry(code);
    super(options.message ?? `(#${code}) ${entry.title}`);
    this.name = "GraphError";
    this.code = code;
    this.httpStatus = options.httpStatus ?? entry.httpStatus;
    this.#options = options;
  }

  /** The answer's body. */
  toBody(traceId: string): JsonObject {
    const { details, subcode, type } = this.#options;
    const transient = errorEntry(this.code).transient === true;
    return {
      error: {
        message: this.message,
        type: type ?? "OAuthException",
        code: this.code,
        ...(details === undefined ? {} : { error_data: { messaging_product: "whatsapp", details } }),
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(transient ? { is_transient: true } : {}),
        fbtrace_id: traceId,
      },
    };
  }
}
