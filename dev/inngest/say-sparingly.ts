const KNOWN_LIMIT = 100;

/** Wrap a log so that the same line is said once in a while, not at every try of an outage. */
export function saySparingly(log: (line: string) => void, intervalMs: number): (line: string) => void {
  const saidAt = new Map<string, number>();
  return (line) => {
    const now = performance.now();
    if (now - (saidAt.get(line) ?? -Infinity) < intervalMs) return;
    if (saidAt.size >= KNOWN_LIMIT) saidAt.clear();
    saidAt.set(line, now);
    log(line);
  };
}
