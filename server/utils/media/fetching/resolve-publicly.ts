import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";

const THIS_MACHINE = /(?:^|\.)localhost\.?$/i;
const MISSING: ReadonlySet<unknown> = new Set(["ENOTFOUND", "ENODATA"]);

/**
 * Every address of a host, by the name servers alone. `dns.lookup` would hold a thread of libuv's pool for as long as a server is
 * silent, and the disk needs those threads too (Node, "DNS", "Implementation considerations").
 *
 * @param resolver a test's own
 * @throws Error with the code `ENOTFOUND` for a host that does not exist or has no address
 */
export async function resolvePublicly(
  host: string,
  resolver = new Resolver({ timeout: 2_000, tries: 2 }),
): Promise<readonly LookupAddress[]> {
  // No name server need know it (RFC 6761, 6.3); whoever asks is to see what it is.
  if (THIS_MACHINE.test(host)) return [{ address: "127.0.0.1", family: 4 }];
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = [...listAddresses(v4, 4), ...listAddresses(v6, 6)];
  if (found.length > 0) return found;
  const reasons = [v4, v6].flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  const trouble = reasons.find((reason) => !MISSING.has(readCode(reason)));
  if (trouble !== undefined) throw trouble;
  throw Object.assign(new Error("the host has no address"), { code: "ENOTFOUND" });
}

function listAddresses(answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family })) : [];
}

function readCode(reason: unknown): unknown {
  return reason instanceof Error && "code" in reason ? reason.code : undefined;
}
