import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "#server/utils/mcp/catalogue";
import { compareTimes } from "./compare-times";
import { createAsker, type Asker } from "./create-asker";
import { setArgument, type Arguments } from "./derive-arguments";
import { inventId } from "./invent-id";
import { plantWorld, type World } from "./plant-world";
import { restoreWorld } from "./planted-state";
import { inputSchemaOf, listIdPaths, ownArguments } from "./tool-cells";

const TIMEOUT_MS = 120_000;

let world: World;
let asker: Asker;
beforeAll(async () => {
  world = await plantWorld("shared");
  asker = createAsker(world);
});
afterAll(() => world?.close());

describe("the time of an answer, on a shared number", () => {
  it.each(catalogue.names())(
    "of %s about what is another client's, as a ratio to that about nothing (printed, not judged)",
    async (tool) => {
      const { ann, bob, owner } = world;
      const schema = inputSchemaOf(owner.principal, tool);
      for (const { path, kinds } of listIdPaths(tool, schema)) {
        for (const kind of kinds) {
          const ask = (id: string) => {
            const args = setArgument(schema, ownArguments(tool, schema, ann, true), path, id);
            return asker.callTool(ann, "none", tool, args as Arguments);
          };
          const { foreignMs, missingMs, ratio } = await compareTimes(
            () => ask(bob.ids[kind]),
            () => ask(inventId(kind, bob.ids[kind])),
          );
          expect(ratio).toBeGreaterThan(0);
          const times = `${foreignMs.toFixed(2)} / ${missingMs.toFixed(2)} ms`;
          process.stderr.write(`time ${tool} ${path.join(".")}=${kind}: ${ratio.toFixed(2)} (${times})\n`);
        }
      }
      await restoreWorld(world.ctx);
    },
    TIMEOUT_MS,
  );
});
