import { isIP } from "node:net";
import { withTimeout } from "#server/utils/with-timeout";
import type { Finding } from "../../checks/finding";
import type { DoctorCheck } from "../doctor-check";
import { isLocalHost } from "../net/is-local-host";
import type { Surroundings } from "../surroundings";

// Each of several name servers is asked in turn.
const TIMEOUT_MS = 4_000;
const SEE = "docs/operations/deploy.md";

/** The name in PUBLIC_URL leads to this host, as far as that can be known from here. */
export const dns: DoctorCheck = {
  id: "dns",
  title: "DNS",
  needs: [],
  async run({ config, around }) {
    const host = new URL(config.publicUrl).hostname;
    if (isLocalHost(host))
      return {
        status: "skipped",
        says: "PUBLIC_URL is an address of this machine: nobody outside gets there.",
      };
    if (isIP(host.replace(/^\[|\]$/g, "")) !== 0)
      return { status: "skipped", says: "PUBLIC_URL has an address and no name." };
    const found = await resolve(around, host);
    if (found === undefined)
      return {
        status: "failed",
        says: "DNS does not answer from here, so it is not known where the name in PUBLIC_URL leads.",
        mend: "See which name server this host asks (resolvectl status), and that it answers.",
        see: SEE,
      };
    if (found.length === 0)
      return {
        status: "failed",
        says: "The name in PUBLIC_URL has no address.",
        mend: `Make an A record for ${host} that points to this host (no AAAA record), and wait for its TTL: dig +short ${host}`,
        see: SEE,
      };
    if (found.some(isLocalHost))
      return {
        status: "failed",
        says: "The name in PUBLIC_URL leads into a private network: Meta does not get there.",
        mend: `Point the record of ${host} to the host's public address.`,
        see: SEE,
      };
    return judge(found, host, around);
  },
};

function judge(found: readonly string[], host: string, around: Surroundings): Finding {
  // Docker passes calls over IPv6 on with one address for all.
  if (found.some((address) => isIP(address) === 6))
    return {
      status: "warning",
      says: "The name has an AAAA record: the server sees all callers over IPv6 under one address, and limits them together.",
      mend: `Remove the AAAA record of ${host}, and wait for its TTL: dig +short AAAA ${host}`,
      see: SEE,
    };
  const own = around.localAddresses().filter((address) => !isLocalHost(address));
  // Behind NAT, or in a container, an own public address is not known.
  if (own.length === 0)
    return {
      status: "ok",
      says: "The name has an address; whether it is this host's cannot be seen from here.",
    };
  const foreign = found.filter((address) => !own.includes(address));
  if (foreign.length === 0) return { status: "ok", says: "The name leads to this host." };
  return {
    status: "warning",
    says: `The name leads to ${foreign.join(", ")}, which is not an address of this host.`,
    mend: "Right where a proxy or a balancer stands in front; else correct the A record.",
    see: SEE,
  };
}

/** The addresses; none when DNS says that there are none, and undefined when it says nothing. */
async function resolve(around: Surroundings, host: string): Promise<readonly string[] | undefined> {
  try {
    return await withTimeout(around.resolve(host), TIMEOUT_MS, "DNS");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOTFOUND" || code === "ENODATA" ? [] : undefined;
  }
}
