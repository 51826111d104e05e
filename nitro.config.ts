import { cp } from "node:fs/promises";
import { join } from "node:path";
import { defineNitroConfig } from "nitropack/config";
import type { Nitro } from "nitropack/types";

export default defineNitroConfig({
  preset: "node-server",
  srcDir: "server",
  compatibilityDate: "2026-11-01",
  // Every file names what it uses: it reads alone, and tests and scripts import the same modules.
  imports: false,
  serveStatic: false,
  sourceMap: true,
  errorHandler: "./server/error-handler",
  // Nitro's default target knows no top-level await.
  esbuild: { options: { target: "es2022" } },
  routeRules: {
    "/**": { headers: { "x-content-type-options": "nosniff", "cache-control": "no-store" } },
  },
  modules: [useOwnEntry],
});

/**
 * The stock entry listens before its plugins are done and, with an event stream open, takes 30 s to stop. `$production`
 * does not take an entry, a module does.
 */
function useOwnEntry(nitro: Nitro): void {
  if (nitro.options.dev) return;
  nitro.options.entry = join(nitro.options.srcDir, "entry.ts");
  nitro.hooks.hook("compiled", async () => {
    await cp(
      join(nitro.options.rootDir, "db/migrations"),
      join(nitro.options.output.serverDir, "migrations"),
      {
        recursive: true,
      },
    );
  });
}
