import type { Readable } from "node:stream";

/** Longest line that is kept, in bytes; the server's own bound on a request body is far lower. */
const LINE_LIMIT_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** What {@link readLines} tells its caller. */
export interface LineHandlers {
  /** A line without its line break; never blank. */
  onLine(line: string): void;
  /** A line longer than the limit was thrown away. */
  onOverlong(limitBytes: number): void;
}

/**
 * Reads newline-delimited text until the stream ends, fails or the signal aborts; then it lets go of the
 * stream. A last line without a newline counts. Chunks are kept in a list and joined once per line, so a
 * line of several megabytes costs no repeated copying.
 */
export function readLines(
  input: Readable,
  handlers: LineHandlers,
  signal: AbortSignal,
  limitBytes: number = LINE_LIMIT_BYTES,
): Promise<void> {
  const line = createLineBuffer(handlers, limitBytes);
  return new Promise((resolve) => {
    const onData = (data: Buffer | string): void => {
      const chunk = typeof data === "string" ? Buffer.from(data) : data;
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        line.add(chunk.subarray(start, end));
        line.finish();
        start = end + 1;
      }
      line.add(chunk.subarray(start));
    };
    const stop = (): void => {
      input.off("data", onData).off("end", onEnd).off("close", onEnd);
      signal.removeEventListener("abort", stop);
      input.pause();
      resolve();
    };
    const onEnd = (): void => {
      line.finish();
      stop();
    };
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", stop);
    // A read error (EIO after the terminal went away) means what the end means; "close" follows it.
    input.on("error", onEnd).on("end", onEnd).on("close", onEnd).on("data", onData);
  });
}

function createLineBuffer(handlers: LineHandlers, limitBytes: number) {
  let parts: Buffer[] = [];
  let bytes = 0;
  return {
    add(part: Buffer): void {
      bytes += part.length;
      if (bytes > limitBytes) parts = [];
      else if (part.length > 0) parts.push(part);
    },
    finish(): void {
      const text = Buffer.concat(parts).toString("utf8").trim();
      const isOverlong = bytes > limitBytes;
      parts = [];
      bytes = 0;
      if (isOverlong) handlers.onOverlong(limitBytes);
      else if (text !== "") handlers.onLine(text);
    },
  };
}
