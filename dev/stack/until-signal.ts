import { untilLauncherGone } from "./until-launcher-gone";

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when whoever launched this process is gone; from the call on, no
 * signal ends the process by itself.
 */
export async function untilSignal(): Promise<string> {
  const signal = new Promise<string>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve(name));
  });
  return Promise.race([signal, untilLauncherGone()]);
}
