import { checkServerIdentity, connect, type PeerCertificate } from "node:tls";
import type { Surroundings } from "../surroundings";

/** A server's certificate, and what is wrong with it apart from its dates. */
export interface CertificateReport {
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly isForName: boolean;
  /** OpenSSL's word for why nobody would trust it, such as SELF_SIGNED_CERT_IN_CHAIN. */
  readonly distrust: string | undefined;
}

const TIMEOUT_MS = 4_000;

/**
 * Reads the certificate that a server shows.
 *
 * @throws Error with Node's code when no TLS connection came about
 */
export async function readCertificate(url: URL, { lookup, ca }: Surroundings): Promise<CertificateReport> {
  const host = url.hostname;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(url.port || 443),
      servername: host,
      // It is looked at and nothing is said over it, so that a bad one can be described.
      rejectUnauthorized: false,
      ...(lookup ? { lookup } : {}),
      ...(ca ? { ca } : {}),
    });
    socket.setTimeout(TIMEOUT_MS, () =>
      socket.destroy(Object.assign(new Error("silent"), { code: "ABORT_ERR" })),
    );
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(describe(host, socket.getPeerCertificate(), socket.authorizationError));
      socket.destroy();
    });
  });
}

function describe(
  host: string,
  certificate: PeerCertificate,
  problem: Error | string | null,
): CertificateReport {
  const word = problem instanceof Error && "code" in problem ? String(problem.code) : problem?.toString();
  // Names and dates are reported by themselves.
  const isOther =
    word !== undefined && !/^(ERR_TLS_CERT_ALTNAME_INVALID|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)/.test(word);
  return {
    validFrom: new Date(certificate.valid_from),
    validTo: new Date(certificate.valid_to),
    isForName: checkServerIdentity(host, certificate) === undefined,
    distrust: isOther ? word : undefined,
  };
}
