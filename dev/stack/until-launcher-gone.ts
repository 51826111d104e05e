import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 500;
const DEPTH_LIMIT = 12;
/** What stands between a caller and this process: `npx pnpm demo` is npm, a shell, pnpm, a shell and tsx. */
const LAUNCHER = /(^|[\s/])(npm|npx|pnpm|tsx)([\s.@/]|$)|^(\S*\/)?(sh|bash|dash) -c /;

interface Ancestor {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

/**
 * Resolves when a process that launched this one is gone. npm does not pass a SIGTERM on to what it started: whoever ends
 * `npx pnpm demo` would leave everything running.
 */
export async function untilLauncherGone(): Promise<"launcher gone"> {
  const launchers = listLaunchers();
  while (launchers.every(isThere)) await pause(POLL_MS, undefined, { ref: false });
  return "launcher gone";
}

function listLaunchers(): Ancestor[] {
  const launchers: Ancestor[] = [];
  for (let pid = process.ppid; launchers.length < DEPTH_LIMIT;) {
    const ancestor = readProcess(pid);
    if (!ancestor || !LAUNCHER.test(ancestor.command)) break;
    launchers.push(ancestor);
    pid = ancestor.parentPid;
  }
  return launchers;
}

// A process whose parent is gone is given to another one. Who started the outermost is not our business.
function isThere(ancestor: Ancestor, index: number, all: readonly Ancestor[]): boolean {
  const now = readProcess(ancestor.pid);
  const isOutermost = index === all.length - 1;
  return now !== undefined && (isOutermost || now.parentPid === ancestor.parentPid);
}

function readProcess(pid: number): Ancestor | undefined {
  try {
    if (process.platform === "linux") {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name in brackets may hold anything; state and parent follow the last bracket.
      const [state, parentPid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state === "Z" ? undefined : { pid, parentPid: Number(parentPid), command };
    }
    const line = execFileSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [, parentPid = "0", command = ""] = /^(\d+)\s+(.*)$/s.exec(line) ?? [];
    return { pid, parentPid: Number(parentPid), command };
  } catch {
    return undefined;
  }
}
