import type { NitroAppPlugin } from "nitropack/types";
import { openApp } from "#server/utils/app";
import { readConfig } from "#server/utils/config";
import { findMigrationsDir } from "#server/utils/find-migrations-dir";
import { provideApp } from "#server/utils/use-app";

/**
 * Opens the app. Nitro does not wait for its plugins (nitro issue 915), so the routes and the entry wait for the promise.
 */
const plugin: NitroAppPlugin = (nitroApp) => {
  const app = (async () => openApp(readConfig(), findMigrationsDir()))();
  // Whoever awaits it sees the failure; until then it must not count as unhandled.
  app.catch(() => {});
  provideApp(app);
  nitroApp.hooks.hook("close", async () => (await app).close());
};
export default plugin;
