import { setTimeout as pause } from "node:timers/promises";
import type { Stage } from "../stage/open-stage";

/** Notes, for each message that arrives twice, when Meta's side reported about it, while that is still in its log. */
export interface DoubleWatch {
  /** When reports about doubled messages were acknowledged, by our id. */
  readonly reports: ReadonlyMap<string, readonly number[]>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

export function watchDoubles(stage: Stage): DoubleWatch {
  const reports = new Map<string, readonly number[]>();
  const end = new AbortController();
  const look = async (): Promise<void> => {
    const { doubled } = await stage.phones.arrivals({ limit: 0 });
    for (const id of doubled) {
      if (!reports.has(id)) reports.set(id, await readReports(stage, id));
    }
  };
  const watching = (async () => {
    while (!end.signal.aborted) {
      await look().catch(() => {});
      await pause(LOOK_EVERY_MS, undefined, { signal: end.signal }).catch(() => {});
    }
    await look();
  })();
  // Whoever stops it hears of a failure.
  watching.catch(() => {});
  return {
    reports,
    async stop() {
      end.abort();
      await watching;
    },
  };
}

async function readReports({ phones }: Stage, id: string): Promise<number[]> {
  const { messages } = await phones.arrivals({ biz_opaque_callback_data: id });
  const acknowledged: number[] = [];
  for (const { wamid } of messages) {
    const { deliveries } = await phones.webhooks({ wamid });
    for (const { last_attempts: attempts } of deliveries) {
      for (const { at, ms, status } of attempts) if (status === 200) acknowledged.push(at + ms);
    }
  }
  return acknowledged;
}
