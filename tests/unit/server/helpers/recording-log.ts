import type { Log } from "#server/utils/log";

export interface RecordingLog {
  readonly log: Log;
  /** Every line that was logged, its arguments joined. */
  readonly lines: string[];
}

/** A log that keeps what it is told and prints nothing. */
export function createRecordingLog(): RecordingLog {
  const lines: string[] = [];
  const record = (...parts: unknown[]): void => void lines.push(parts.map(String).join(" "));
  return { log: { debug: record, info: record, warn: record, error: record } as unknown as Log, lines };
}
