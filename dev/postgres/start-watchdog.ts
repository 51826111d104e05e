import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("watchdog.sh", import.meta.url));

/** A small shell process that tidies up when this process ends, in whatever way it ends. */
export interface Watchdog {
  /** Names the one process that must not outlive this one; `undefined` names none. */
  watch(pid: number | undefined): void;
  /** Removes the folders now, ends the watchdog and resolves when both are gone. */
  release(): Promise<void>;
}

/**
 * Starts the watchdog. Call it before the folders are made: from then on a `kill -9` of this process
 * leaves neither the folders nor the watched process behind.
 *
 * @param folders absolute paths of temporary folders that belong to this run alone
 */
export function startWatchdog(folders: readonly string[]): Watchdog {
  // Detached: Ctrl-C in a terminal goes to the whole foreground group and must not reach the watchdog.
  const child = spawn("/bin/sh", [SCRIPT, ...folders], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  child.stdin.on("error", () => {}); // EPIPE: somebody killed the watchdog; release() removes the folders itself
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();

  return {
    watch: (pid) => void child.stdin.write(`${pid ?? ""}\n`),
    async release() {
      child.ref();
      child.stdin.end("\n");
      await ended;
      for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
