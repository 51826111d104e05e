import { Inngest } from "inngest";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createFunctions } from "#server/functions/index";
import type { AlertReport } from "#server/utils/alerts/deliver-alert";
import type { SystemContext } from "#server/utils/context";

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), "utf8");

/** What stands in the first column of the tables of a chapter. */
function firstColumn(page: string, chapter: string): string[] {
  const [, text = ""] = read(`docs/operations/${page}`).split(`\n## ${chapter}\n`);
  const [table = ""] = text.split("\n## ", 1);
  return table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word));
}

describe("incidents.md", () => {
  // The types check that none is missing here.
  const KINDS: Record<AlertReport["kind"], true> = {
    number_paused: true,
    send_refused: true,
    function_failed: true,
    number_quality: true,
    number_status: true,
    number_health: true,
    storage: true,
  };

  it("names every alert, and where to look", () => {
    const [, ofUnit = ""] = /\\"kind\\":\\"(\w+)\\"/.exec(read("deploy/systemd/tell-failure")) ?? [];
    const kinds = [...Object.keys(KINDS), ofUnit].toSorted();
    expect(firstColumn("incidents.md", "An alert, and where to look").toSorted()).toEqual(kinds);
  });
});

describe("replays.md", () => {
  const context = { config: { downloadsAtOnce: 8 } } as SystemContext;
  const inngest = new Inngest({ id: "wamcp", isDev: true });
  const ids = createFunctions(inngest, context).map((one) =>
    one.id().startsWith("retain-") ? "retain-*" : one.id(),
  );

  it.each(["What each function does when it runs again", "When a function failed for good"])(
    "names every function under: %s",
    (chapter) => {
      expect(firstColumn("replays.md", chapter).toSorted()).toEqual([...new Set(ids)].toSorted());
    },
  );
});
