import { MediaFailure } from "../media-failure";

// What Node and OpenSSL say of a certificate that does not hold, or is another host's.
const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH$)/;

/** What a fetch that broke means. Nothing of it is final by itself: a host may come back, and a certificate may be mended. */
export function explainBrokenFetch(error: unknown, signal: AbortSignal): MediaFailure {
  const codes: string[] = [];
  for (const cause of listCauses(error)) {
    if (cause instanceof MediaFailure) return cause;
    if ("code" in cause) codes.push(String(cause.code));
  }
  if (signal.aborted || codes.some((code) => code.endsWith("_TIMEOUT"))) {
    return new MediaFailure("timeout", false);
  }
  const certificate = codes.find((code) => CERTIFICATE.test(code));
  if (certificate) return new MediaFailure("certificate", false, { value: certificate });
  return new MediaFailure(codes.includes("ENOTFOUND") ? "host_not_found" : "unreachable", false);
}

// Several addresses that all fail are one error with the others in it.
function listCauses(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause: unknown = error; cause instanceof Error && !causes.includes(cause); cause = cause.cause) {
    causes.push(cause);
    if (cause instanceof AggregateError) {
      causes.push(...cause.errors.filter((inner) => inner instanceof Error));
    }
  }
  return causes;
}
