import { expect } from "vitest";
import type { SystemContext } from "#server/utils/context";
import { eventually } from "#tests/helpers/eventually";
import type { TestContext } from "./create-test-context";

/**
 * Resolves when a process, by default the test's own, has passed on every change that was committed. What listens from then on
 * hears nothing twice: it does not hear of a change that it has read already.
 */
export async function untilPassedOn(
  { sql, system }: Pick<TestContext, "sql" | "system">,
  { changes }: Pick<SystemContext, "changes"> = system,
): Promise<void> {
  await eventually(async () => {
    const [row] = await sql<[{ seq: number }]>`select coalesce(max(seq), 0)::int as seq from changes`;
    expect(changes.lastSeq).toBeGreaterThanOrEqual(row.seq);
  });
}
