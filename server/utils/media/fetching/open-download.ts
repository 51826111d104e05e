import { isIP } from "node:net";
import { request, type Dispatcher } from "undici";
import { MediaFailure } from "../media-failure";
import { explainBrokenFetch } from "./explain-broken-fetch";

/** How a file may be fetched. */
export interface DownloadRules {
  /** Whether an address may be asked; asked again for each redirect. */
  readonly isAllowed: (url: URL) => boolean;
  /** Whether an address that stands in the URL itself may be connected to. */
  readonly mayConnect: (address: string) => boolean;
  readonly dispatcher: Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface OpenDownload {
  readonly status: number;
  readonly type: string | undefined;
  /** As announced. */
  readonly sizeBytes: number | undefined;
  /** The bytes; whatever breaks on the way is a `MediaFailure`. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends a download that nobody reads. */
  discard(): void;
}

const REDIRECT_LIMIT = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Begins to fetch a file. The body has to be read or discarded.
 *
 * @throws MediaFailure `address_refused`, `redirects`, `timeout`, `unreachable`, `host_not_found`, `certificate`
 */
export async function openDownload(address: string, rules: DownloadRules): Promise<OpenDownload> {
  let url = readUrl(address, undefined);
  for (let redirects = 0; ; redirects += 1) {
    requireAllowed(url, rules);
    const answer = await ask(url, rules);
    const location = answer.headers.location;
    if (!REDIRECTS.has(answer.statusCode) || typeof location !== "string") {
      return describeAnswer(answer, rules.signal);
    }
    answer.body.destroy();
    if (redirects === REDIRECT_LIMIT) throw new MediaFailure("redirects", true, { limit: REDIRECT_LIMIT });
    url = readUrl(location, url);
  }
}

function readUrl(address: string, base: URL | undefined): URL {
  if (!URL.canParse(address, base?.href)) throw new MediaFailure("address_refused", true);
  return new URL(address, base);
}

function requireAllowed(url: URL, { isAllowed, mayConnect }: DownloadRules): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isAllowed(url) && (isIP(host) === 0 || mayConnect(host))) return;
  throw new MediaFailure("address_refused", true);
}

async function ask(url: URL, { dispatcher, headers, signal }: DownloadRules) {
  try {
    const answer = await request(url, { dispatcher, headers, signal });
    // What is cut off later is told to whoever reads; nobody may be reading yet.
    answer.body.on("error", () => {});
    return answer;
  } catch (error) {
    throw explainBrokenFetch(error, signal);
  }
}

function describeAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  signal: AbortSignal,
): OpenDownload {
  const type = headers["content-type"];
  const length = headers["content-length"];
  return {
    status: statusCode,
    type: typeof type === "string" ? type.split(";")[0]?.trim().toLowerCase() : undefined,
    sizeBytes: typeof length === "string" && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
    body: readBody(body, signal),
    discard: () => void body.destroy(),
  };
}

// Only what the network does is told as such: whoever reads may fail for reasons of his own.
async function* readBody(
  body: Dispatcher.ResponseData["body"],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    throw explainBrokenFetch(error, signal);
  }
  if (signal.aborted) throw new MediaFailure("timeout", false);
}
