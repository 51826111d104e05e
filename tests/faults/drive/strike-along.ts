import type { Strike } from "../plan/strike";
import type { Stage } from "../stage/open-stage";
import { performStrike } from "../stage/perform-strike";
import { untilReady } from "../stage/until-ready";
import type { Gate } from "./gate";
import { withDeadline } from "./with-deadline";

const PROGRESS_TIMEOUT_MS = 180_000;

/** Carries out the strikes as the work reaches their places, until `mayGoOn` says that the time is over. */
export async function strikeAlong(
  stage: Stage,
  strikes: readonly Strike[],
  gate: Gate,
  onStrike: (strike: Strike) => void,
  mayGoOn: () => boolean,
): Promise<void> {
  for (const strike of strikes) {
    if (!mayGoOn()) return gate.end();
    await untilReady(stage, strike);
    gate.open(strike.at);
    const what = (): string => `the work to reach ${strike.at} (${strike.kind}); it stands at ${gate.passed}`;
    await withDeadline(gate.untilPassed(strike.at), PROGRESS_TIMEOUT_MS, what);
    await performStrike(stage, strike);
    onStrike(strike);
  }
  gate.open(Infinity);
}
