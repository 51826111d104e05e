/** Bursts on one address become one notification at the start and at most one per window after it. */
export const COALESCE_WINDOW_MS = 50;

/**
 * Calls `send` at once for the first touch of a key, and once more after the window when it was touched again.
 */
export function createCoalescer(send: (key: string) => void, windowMs = COALESCE_WINDOW_MS) {
  const open = new Map<string, { timer: NodeJS.Timeout; isTouched: boolean }>();
  const close = (key: string): void => {
    const entry = open.get(key);
    open.delete(key);
    if (!entry?.isTouched) return;
    send(key);
    start(key);
  };
  const start = (key: string): void => {
    open.set(key, { timer: setTimeout(close, windowMs, key), isTouched: false });
  };
  return {
    touch(key: string): void {
      const entry = open.get(key);
      if (entry) {
        entry.isTouched = true;
        return;
      }
      send(key);
      start(key);
    },
    end(): void {
      for (const { timer } of open.values()) clearTimeout(timer);
      open.clear();
    },
  };
}
