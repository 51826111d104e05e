import postgres from "postgres";
import { expect, vi } from "vitest";
import type { Proxy } from "./create-proxy";

const PATIENCE = { timeout: 40_000, interval: 100 };

/**
 * Expects that a shim which is gone has asked once to end its session, and waits until the server has none. The answer proves
 * nothing: the shim gives it a second, and leaves without it when the server is busy.
 */
export async function untilSessionEnded(
  { databaseUrl }: { readonly databaseUrl: string },
  { passages }: Pick<Proxy, "passages">,
): Promise<void> {
  const ends = () => passages.filter(({ verb }) => verb === "DELETE");
  await vi.waitFor(() => expect(ends()).toHaveLength(1), PATIENCE);
  const id = ends()[0]?.sessionId ?? "";
  expect(passages.filter(({ verb, sessionId }) => verb === "POST" && sessionId === id)).not.toHaveLength(0);
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    await vi.waitFor(
      async () => expect(await sql`select 1 from mcp_sessions where id = ${id}`).toHaveLength(0),
      PATIENCE,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
  expect(ends()).toHaveLength(1);
}
