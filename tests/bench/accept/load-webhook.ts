import autocannon from "autocannon";
import { createSignedWebhook } from "./create-signed-webhook";

/** What a load came to. */
export interface WebhookLoad {
  readonly accepted: number;
  readonly perSecond: number;
  /** How long each request took, sorted. */
  readonly timesMs: readonly number[];
}

export interface WebhookLoadOptions {
  readonly webhookUrl: string;
  readonly appSecret: string;
  readonly connections: number;
  readonly durationSeconds: number;
}

// So that an end of the load is an end, whatever the server does.
const REQUEST_LIMIT = 500_000;
const TIMEOUT_SECONDS = 10;

let lastNumber = 0;

/**
 * Posts webhooks for a while, each connection the next as soon as its last was answered.
 *
 * @throws Error when a request was refused or not answered: what is then measured is no accepting
 */
export async function loadWebhook(options: WebhookLoadOptions): Promise<WebhookLoad> {
  const { webhookUrl, appSecret, connections, durationSeconds } = options;
  const timesMs: number[] = [];
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    const { body, signature } = createSignedWebhook((lastNumber += 1), appSecret);
    const headers = { ...request.headers, "x-hub-signature-256": signature };
    return { ...request, headers, body };
  };
  const startMs = performance.now();
  let lastMs = startMs;
  const { errors, timeouts, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: webhookUrl,
        method: "POST",
        headers: { "content-type": "application/json" },
        connections,
        duration: durationSeconds,
        timeout: TIMEOUT_SECONDS,
        requests: [{ setupRequest }],
      },
      (error: unknown, result) => (error ? reject(error) : resolve(result)),
    );
    // Its own histogram knows whole milliseconds only.
    run.on("response", (_client, _status, _bytes, timeMs) => {
      timesMs.push(timeMs);
      lastMs = performance.now();
      if (timesMs.length >= REQUEST_LIMIT) run.stop();
    });
  });
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${errors} requests broke, ${timeouts} had no answer, ${non2xx} were refused`);
  timesMs.sort((a, b) => a - b);
  return {
    accepted: timesMs.length,
    perSecond: (timesMs.length / (lastMs - startMs)) * 1000,
    timesMs,
  };
}
