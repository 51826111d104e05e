import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Database } from "#db/client";
import { createMetrics } from "#server/utils/metrics/create-metrics";

const PAGE = readFileSync(
  fileURLToPath(new URL("../../../docs/operations/metrics.md", import.meta.url)),
  "utf8",
);

/** The names of a server that is told nothing by its database. */
async function listNames(): Promise<string[]> {
  const metrics = createMetrics();
  const away = { asSystem: async () => Promise.reject(new Error("away")) } as unknown as Database;
  metrics.watchDatabase(away);
  metrics.watchSurface({} as Parameters<typeof metrics.watchSurface>[0]);
  metrics.watch({
    database: away,
    clock: { now: () => new Date(0) },
    sessions: { size: 0, streamCount: 0 },
    exchanges: { streamCount: 0 },
  });
  const { text } = await metrics.scrape();
  metrics.close();
  return [...text.matchAll(/^# TYPE (wamcp_\w+) /gm)].map(([, name = ""]) => name);
}

describe("docs/operations/metrics.md", () => {
  it("has a row for every name that a server tells, and no other", async () => {
    const rows = [...PAGE.matchAll(/^\| `(wamcp_\w+)`/gm)].map(([, name = ""]) => name);
    expect(rows.toSorted()).toEqual((await listNames()).toSorted());
  });

  it("sets four alerts, on names that there are", async () => {
    const [, text = ""] = /```yaml\n# alerts\.yml\n([^`]*(?:`[^`]+`[^`]*)*?)```/.exec(PAGE) ?? [];
    const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string }[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules).toHaveLength(4);
    const names = await listNames();
    for (const name of rules.flatMap(({ expr }) => expr.match(/wamcp_\w+/g) ?? []))
      expect(names).toContain(name);
  });
});
