import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** A complete HTTP answer. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const agents = { "http:": new HttpAgent({ keepAlive: true }), "https:": new HttpsAgent({ keepAlive: true }) };

/**
 * Send JSON and read the whole answer. `fetch` is not used because it gives up on a step after five minutes without
 * headers.
 *
 * @throws the socket's error when no complete answer came
 */
export function sendJson(
  method: "POST" | "PUT",
  url: string,
  options: { body: string; headers: Record<string, string>; timeoutMs: number },
): Promise<Answer> {
  const target = new URL(url);
  const secure = target.protocol === "https:";
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(target, {
      method,
      agent: secure ? agents["https:"] : agents["http:"],
      headers: {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(options.body)),
        ...options.headers,
      },
      timeout: options.timeoutMs,
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    request.end(options.body);
  });
}
