import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, copyPublicAssets, createNitro, prepare } from "nitropack/core";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURE_PLUGIN = fileURLToPath(new URL("open-fixture-app.ts", import.meta.url));

/**
 * Builds the server from the production's own configuration, with one difference: the plugin that opens the app.
 *
 * @returns the built server's file
 */
export async function buildFixtureServer(outputDir: string): Promise<string> {
  const nitro = await createNitro({
    rootDir: ROOT,
    dev: false,
    logLevel: 1,
    // Rollup has remarks on comments in dependencies.
    rollupConfig: { logLevel: "silent", output: {} },
    buildDir: join(outputDir, "work"),
    output: { dir: join(outputDir, "output") },
    ignore: ["plugins/open-app.ts"],
    plugins: [FIXTURE_PLUGIN],
  });
  try {
    await prepare(nitro);
    await copyPublicAssets(nitro);
    await build(nitro);
    return join(nitro.options.output.serverDir, "index.mjs");
  } finally {
    await nitro.close();
  }
}
