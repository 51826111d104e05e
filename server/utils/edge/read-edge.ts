import type { Edge } from "./edge";
import { LOOPBACK_HOSTS } from "./loopback-hosts";

export interface EdgeOptions {
  /** The address that the server binds. */
  readonly host: string;
  readonly publicUrl: string;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** Derives from the configuration what the edge lets in. */
export function readEdge({ host, publicUrl, allowedHosts, allowedOrigins }: EdgeOptions): Edge {
  const { hostname, origin } = new URL(publicUrl);
  const isLocal = LOOPBACK_HOSTS.has(host) || host === "::1";
  return {
    // A name may end with the dot of the root; hosts are compared without it.
    hosts: new Set([hostname.replace(/\.$/, ""), ...allowedHosts, ...(isLocal ? LOOPBACK_HOSTS : [])]),
    origins: new Set([origin, ...allowedOrigins]),
    corsOrigins: new Set(allowedOrigins),
    isLocal,
  };
}
