import { connect } from "node:net";

/** What came back: as it was, and the status lines in it. */
export interface RawAnswer {
  readonly text: string;
  readonly statuses: number[];
}

// Longer than any answer takes.
const SILENCE_MS = 10_000;

/**
 * Writes bytes to a server as they are, past every client that would mend them, and reads until it closes.
 *
 * @param continueWith called when the server has said something; its bytes are written then
 * @throws Error when the server neither writes nor closes
 */
export function sendRaw(
  origin: string,
  bytes: string,
  continueWith?: () => Promise<string>,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes, "latin1"));
    socket.setTimeout(SILENCE_MS, () => {
      socket.destroy();
      reject(new Error(`the server kept the connection open, after: ${text.slice(0, 100)}`));
    });
    socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
    if (continueWith) {
      socket.once("data", () => continueWith().then((more) => socket.write(more, "latin1"), reject));
    }
    // A reset after the answer is how a refusal may end.
    socket.on("error", () => {});
    socket.on("close", () => {
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
      resolve({ text, statuses });
    });
  });
}
