import { readApiKeyToken, type ApiKeyToken } from "./api-key-format";
import { findApiKeys } from "./find-api-keys";

/** What a request shows of who sends it: a key, or why it cannot be taken. */
export type Credentials =
  | { readonly token: ApiKeyToken; readonly fault?: never }
  | {
      readonly fault: "missing" | "malformed" | "smuggled";
      /** A key that was shown where none may be: it has leaked. */
      readonly token?: ApiKeyToken;
    };

const KEY_IN_URL = /wamcp_(?:live|test)_/i;
const SEVERAL_TOKENS = /,|\S\s+\S+\s+\S/;

/**
 * Reads the key of a request: exactly one, in exactly one `Authorization` header. Proxies disagree about which of several
 * counts, and addresses end up in logs (RFC 6750, section 5.3).
 *
 * @param rawHeaders names and values in turns, as Node gives them: it merges nothing there
 * @param url path and query as they came
 */
export function readCredentials(rawHeaders: readonly string[], url: string): Credentials {
  const values = rawHeaders.filter(
    (_, place) => place % 2 === 1 && rawHeaders[place - 1]?.toLowerCase() === "authorization",
  );
  const address = `${url} ${decode(url)}`;
  const [header] = values;
  if (values.length > 1 || KEY_IN_URL.test(address) || SEVERAL_TOKENS.test(header ?? "")) {
    const [token] = findApiKeys([address, ...values].join(" "));
    return { fault: "smuggled", ...(token ? { token } : {}) };
  }
  if (header === undefined) return { fault: "missing" };
  const token = readApiKeyToken(/^Bearer (\S+)$/i.exec(header)?.[1] ?? "");
  return token ? { token } : { fault: "malformed" };
}

// Sign by sign, because decodeURIComponent gives up on the whole for one that is broken.
function decode(url: string): string {
  return url.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
