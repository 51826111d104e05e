import { isRecord } from "./is-record";

/** What a failed `fetch` says about the request. */
export interface FetchFailure {
  /** True only when it is certain that no byte of the request reached the server. */
  readonly nothingSent: boolean;
  /** Waiting does not help: a certificate or an address that cannot work. */
  readonly isPermanent: boolean;
  /** A code for people, such as ECONNREFUSED; never text that could hold a header. */
  readonly reason: string;
}

/** Raised while looking up or connecting, that is before there is a connection to write to (Node's net, undici). */
const BEFORE_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
const BEFORE_CONNECTED_CALLS = new Set(["connect", "getaddrinfo"]);
/** OpenSSL's and Node's names for a certificate that was not accepted. */
const CERTIFICATE = /CERT|SELF_SIGNED|^ERR_TLS|UNABLE_TO_(GET|VERIFY)|^ERR_SSL/;

/**
 * Reads the cause that `fetch` hides inside its TypeError. Anything unknown, a reset for example, counts
 * as possibly sent: the caller then repeats only what is safe to repeat.
 */
export function classifyFailure(error: unknown): FetchFailure {
  const cause = isObject(error) && isObject(error.cause) ? error.cause : error;
  const code = codeOf(cause);
  // fetch refuses some ports (WHATWG Fetch, port blocking) and says so only in words.
  const isPermanent = CERTIFICATE.test(code) || (isObject(cause) && cause.message === "bad port");
  return { nothingSent: isPermanent || failedBeforeConnected(cause), isPermanent, reason: code };
}

function failedBeforeConnected(cause: unknown): boolean {
  if (!isObject(cause)) return false;
  // "localhost" has two addresses: Node tries both and reports one error per address.
  if (Array.isArray(cause.errors)) {
    return cause.errors.length > 0 && cause.errors.every((each) => failedBeforeConnected(each));
  }
  return (
    BEFORE_CONNECTED.has(String(cause.code)) ||
    (typeof cause.syscall === "string" && BEFORE_CONNECTED_CALLS.has(cause.syscall))
  );
}

function codeOf(cause: unknown): string {
  if (!isObject(cause)) return "unknown failure";
  if (typeof cause.code === "string") return cause.code;
  if (cause.message === "bad port") return "this port is not allowed";
  return typeof cause.name === "string" ? cause.name : "unknown failure";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return isRecord(value) || value instanceof Error;
}
