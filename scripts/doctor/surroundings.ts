import type { LookupFunction } from "node:net";
import type { DiskSpace } from "#server/utils/read-disk-space";

/** What the checks find around the process. Tests give their own. */
export interface Surroundings {
  now(): Date;
  /**
   * The addresses of a name, as DNS has them for the world.
   *
   * @throws when there are none
   */
  resolve(host: string): Promise<readonly string[]>;
  /** The addresses of this host. */
  localAddresses(): readonly string[];
  readSpace(folder: string): Promise<DiskSpace>;
  /** How calls of `PUBLIC_URL` find its address, where not as usual. */
  readonly lookup?: LookupFunction;
  /** The authorities that certificates are checked against, where not Node's own. */
  readonly ca?: string;
}
