import type { Principal } from "../../auth/principal";
import { AppError } from "../../errors";
import { newId } from "../../ids";
import type { ClientLink } from "../client-link";
import type { McpSurface } from "../surface";

// "Resource not found" of both eras: such an address is left out, and the acknowledgement says so by not naming it.
const NOT_FOUND: ReadonlySet<unknown> = new Set([-32002, -32602]);
// Nothing is asked, and nothing is told before the acknowledgement.
const SILENT_LINK: ClientLink = {
  era: "modern",
  capabilities: {},
  progressToken: undefined,
  notify: async () => {},
};

/**
 * The addresses among those wanted that the key may read.
 *
 * @throws AppError `unavailable` when that cannot be found out now
 */
export async function narrowSubscriptions(
  surface: McpSurface,
  principal: Principal,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string[]> {
  const readable: string[] = [];
  for (const uri of wanted) {
    try {
      await surface.subscribe({ principal, requestId: newId(), signal, link: SILENT_LINK, uri });
      readable.push(uri);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if ("code" in error && NOT_FOUND.has(error.code)) continue;
      // Left out, it would look as if it were not there.
      throw new AppError("unavailable", error.message, {
        advice: "Listen again a little later.",
        cause: error,
      });
    }
  }
  return readable;
}
