import type { NitroAppPlugin } from "nitropack/types";
import { openApp } from "#server/utils/app";
import { readConfig } from "#server/utils/config";
import type { SystemContext } from "#server/utils/context";
import { findMigrationsDir } from "#server/utils/find-migrations-dir";
import { createSurface } from "#server/utils/mcp/create-surface";
import { provideApp } from "#server/utils/use-app";
import { createFixtureSurface } from "./create-fixture-surface";

/** Opens the app as `server/plugins/open-app.ts` does, with the fixtures added to what it offers. */
const plugin: NitroAppPlugin = (nitroApp) => {
  const openSurface = (system: SystemContext) => createFixtureSurface(createSurface(system), system);
  const app = (async () => openApp(readConfig(), findMigrationsDir(), openSurface))();
  // Whoever awaits it sees the failure; until then it must not count as unhandled.
  app.catch(() => {});
  provideApp(app);
  nitroApp.hooks.hook("close", async () => (await app).close());
};
export default plugin;
