import type { H3Event } from "h3";

/** Writes a whole answer. Nothing happens when the caller has gone. */
export function writeAnswer(
  event: H3Event,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  event._handled = true;
  const { res } = event.node;
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  res.end(body);
}
