import type { Readable, Writable } from "node:stream";

/** What the admin's program needs of the process. */
export interface AdminIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the program is told to stop. */
  readonly signal: AbortSignal;
}
