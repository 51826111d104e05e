import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Surroundings } from "../surroundings";

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Question {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const TIMEOUT_MS = 4_000;
const TEXT_LIMIT_BYTES = 256 * 1024;

/**
 * Asks over HTTP as somebody outside would: follows no redirect and trusts no certificate that others would not.
 *
 * @throws Error with Node's code when nothing was answered
 */
export async function ask(
  url: string,
  { method = "GET", headers = {}, body }: Question,
  { lookup, ca }: Surroundings,
): Promise<Reply> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method, headers, signal, agent: false, ...(lookup ? { lookup } : {}), ...(ca ? { ca } : {}) },
      (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= TEXT_LIMIT_BYTES) chunks.push(chunk);
        });
        answer.once("error", reject);
        answer.once("end", () => {
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    call.once("error", reject);
    call.end(body);
  });
}
