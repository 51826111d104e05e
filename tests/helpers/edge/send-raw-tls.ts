import { connect } from "node:tls";

const SILENCE_MS = 10_000;

/**
 * Writes bytes to the edge over TLS as they are, and reads until it closes.
 *
 * @param servername the name that is asked for in the handshake
 * @throws Error when there is no handshake, or nothing happens
 */
export function sendRawTls(
  edge: { readonly origin: string; readonly authority: { readonly pem: string } },
  servername: string,
  bytes: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const options = { host: "127.0.0.1", port: Number(new URL(edge.origin).port), ca: edge.authority.pem };
    const socket = connect({ ...options, servername }, () => socket.write(bytes, "latin1"));
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error("the edge kept the connection open")));
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      // A refusal comes while the rest is still on its way, and is all there will be.
      if (text.startsWith("HTTP/1.1 4")) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}
