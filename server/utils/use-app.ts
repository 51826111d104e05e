import type { App } from "./app";

let current: Promise<App> | undefined;

/** Gives the routes their app. Called once, at boot. */
export function provideApp(app: Promise<App>): void {
  current = app;
}

/**
 * The app of this process.
 *
 * @throws Error before boot, which only a route served without its entry can see
 */
export function useApp(): Promise<App> {
  if (!current) throw new Error("the app was not opened before its routes were called");
  return current;
}
