import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "./create-test-context";

/** A folder of its own for a test's files, set in its configuration, with another Graph where one is named. */
export async function useMediaRoot(
  ctx: TestContext,
  graphUrl?: string,
): Promise<{ readonly root: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "wamcp-media-"));
  const { config } = ctx.system;
  const graph = graphUrl ? { ...config.graph, baseUrl: graphUrl } : config.graph;
  Object.assign(ctx.system, { config: { ...config, graph, media: { ...config.media, root } } });
  return { root, remove: () => rm(root, { recursive: true }) };
}
