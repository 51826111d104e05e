import { Agent, request as send } from "node:https";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

const EMPTY = new Set([204, 205, 304]);

/**
 * A `fetch` that trusts one authority: Node's own learns of one only when the process starts (NODE_EXTRA_CA_CERTS).
 *
 * @param client a certificate to show, when asked for one
 */
export function createTrustingFetch(
  ca: string,
  client: { readonly cert?: string; readonly key?: string } = {},
): typeof fetch {
  const agent = new Agent({ ca, ...client, keepAlive: true });
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
    const headers = {
      ...Object.fromEntries(request.headers),
      ...(body ? { "content-length": body.length } : {}),
    };
    return new Promise((resolve, reject) => {
      const { method, signal } = request;
      const sent = send(request.url, { agent, method, headers, signal }, (answer) => {
        const status = answer.statusCode ?? 502;
        const answered = new Headers();
        for (const [name, values] of Object.entries(answer.headersDistinct)) {
          for (const value of values ?? []) answered.append(name, value);
        }
        const content = EMPTY.has(status) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
        if (!content) answer.resume();
        resolve(new Response(content as ReadableStream | null, { status, headers: answered }));
      });
      sent.on("error", (cause) => reject(signal.aborted ? cause : new TypeError("fetch failed", { cause })));
      sent.end(body);
    });
  };
}
