import type { SystemContext } from "../context";
import { performCall, type Caller } from "./perform-call";
import { findReadable } from "./readable/find-readable";

/** A stream of notifications that a client wants to open. */
export interface ListenCall extends Caller {
  /** The addresses that it wants to hear of; none for one that is about lists only. */
  readonly uris: readonly string[];
}

/**
 * Counts and records a stream as one call, however many addresses it names.
 *
 * @returns the addresses that the caller may read
 * @throws AppError
 */
export async function openListen(
  system: SystemContext,
  { uris, ...caller }: ListenCall,
): Promise<readonly string[]> {
  const outcome = await performCall(system, caller, "listen.open", ({ principal }) =>
    findReadable(system, principal, uris),
  );
  if ("error" in outcome) throw outcome.error;
  return outcome.result;
}
