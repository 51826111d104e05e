import type { DoctorCheck } from "../doctor-check";
import type { Finding } from "../../checks/finding";
import { describeNetworkError } from "../../checks/describe-network-error";
import { isLocalHost } from "../net/is-local-host";
import { readCertificate, type CertificateReport } from "../net/read-certificate";

const DAY_MS = 24 * 3_600_000;
// certbot renews 30 days before the end.
const WARN_BEFORE_MS = 14 * DAY_MS;
const RENEW =
  "systemctl start whatsapp-mcp-certificate.service, and read its log (journalctl -u whatsapp-mcp-certificate).";
const SEE = "docs/operations/incidents.md";

/** Meta, agents and Inngest trust the certificate of PUBLIC_URL. */
export const certificate: DoctorCheck = {
  id: "certificate",
  title: "Certificate",
  needs: ["dns"],
  async run({ config, around }) {
    const url = new URL(config.publicUrl);
    if (url.protocol !== "https:" && isLocalHost(url.hostname))
      return { status: "skipped", says: "PUBLIC_URL is an address of this machine, without TLS." };
    if (url.protocol !== "https:")
      return {
        status: "failed",
        says: "PUBLIC_URL begins with http: Meta delivers webhooks over https only.",
        mend: "Set PUBLIC_URL to https://... and have nginx serve its certificate.",
        see: "docs/operations/deploy.md",
      };
    try {
      return judge(await readCertificate(url, around), around.now().getTime());
    } catch (error) {
      return {
        status: "failed",
        says: `No TLS connection to PUBLIC_URL comes about: ${describeNetworkError(error)}.`,
        mend: "See that nginx runs (docker compose ps nginx), that ports 80 and 443 are open (ufw status) and lead to this host.",
        see: SEE,
      };
    }
  },
};

function judge({ validFrom, validTo, isForName, distrust }: CertificateReport, nowMs: number): Finding {
  const leftMs = validTo.getTime() - nowMs;
  const days = Math.floor(leftMs / DAY_MS);
  const bad = (says: string, mend = RENEW): Finding => ({ status: "failed", says, mend, see: SEE });
  if (leftMs <= 0) return bad("The certificate has expired.");
  if (validFrom.getTime() > nowMs)
    return bad("The certificate is not valid yet.", "Check this host's clock: timedatectl.");
  if (!isForName)
    return bad(
      "The certificate is for another name.",
      "Get one for the name in PUBLIC_URL (docs/operations/deploy.md).",
    );
  if (distrust !== undefined)
    return bad(
      `Nobody trusts the certificate (${distrust}).`,
      "nginx must show the whole chain (fullchain.pem) of an authority that Meta knows; a self-signed certificate is refused.",
    );
  if (leftMs <= WARN_BEFORE_MS) return { ...bad(`The certificate ends in ${days} days.`), status: "warning" };
  return { status: "ok", says: `Valid for ${days} days more, for this name, with its chain.` };
}
