import { vi } from "vitest";
import type { RunningProcess } from "./run-process";

/** Wait until a server answers its health check; a server that ended instead says what it printed. */
export async function untilHealthy(url: string, child: RunningProcess): Promise<void> {
  await vi.waitFor(
    async () => {
      if (child.hasExited()) return;
      const answer = await fetch(`${url}/health`);
      if (!answer.ok) throw new Error(`health check: ${answer.status}`);
      await answer.text();
    },
    { timeout: 30_000, interval: 50 },
  );
  if (child.hasExited()) throw new Error(`the server ended at once:\n${child.output()}`);
}
