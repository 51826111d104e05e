import { PARTIES } from "./read-cpu";
import type { Sample } from "./watch-drain";

/** What one message cost each party, from when it was queued to when it was delivered. */
export function describeCost(samples: readonly Sample[], messages: number): string {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || messages === 0) return "nothing was measured";
  const costs = PARTIES.map((party) => ({ party, ms: (last.cpu[party] - first.cpu[party]) / messages }));
  const total = costs.reduce((sum, { ms }) => sum + ms, 0);
  const parts = costs.map(({ party, ms }) => `${party} ${ms.toFixed(1)}`).join(", ");
  return `${total.toFixed(1)} ms of one core (${parts})`;
}
