import { Resolver } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { readDiskSpace } from "#server/utils/read-disk-space";
import type { Surroundings } from "./surroundings";

const DNS_TIMEOUT_MS = 1_500;

/** The surroundings of this process. */
export function createSurroundings(): Surroundings {
  return {
    now: () => new Date(),
    resolve,
    localAddresses: () =>
      Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address)),
    readSpace: readDiskSpace,
  };
}

// DNS itself and not /etc/hosts, which only this host reads.
async function resolve(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 });
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = [v4, v6].flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  if (found.length === 0) throw v4.status === "rejected" ? v4.reason : new Error("no address");
  return found;
}
