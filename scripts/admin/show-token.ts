import type { AdminIo } from "./admin-io";

/** Shows a key this once, on stderr: stdout may go to a file or a log, and a key must not. */
export function showToken(io: AdminIo, token: string): void {
  io.stderr.write(`The key, which is shown only now and stored nowhere:\n\n  ${token}\n\n`);
}
