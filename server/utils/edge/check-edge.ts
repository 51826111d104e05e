import type { Edge } from "./edge";
import { LOOPBACK_HOSTS } from "./loopback-hosts";

/**
 * Says what of a request's headers is not on the lists. A page whose name was made to lead here (DNS rebinding) still says its
 * own name in `Host`, and a browser says in `Origin` whose page calls; programs send no `Origin`.
 */
export function checkEdge(
  edge: Edge,
  { host, origin }: { readonly host: string | undefined; readonly origin: string | undefined },
): "host" | "origin" | undefined {
  if (!edge.hosts.has(readHostName(host ?? ""))) return "host";
  if (origin !== undefined && !isOriginAllowed(edge, origin)) return "origin";
  return undefined;
}

const HOST = /^(\[[^\]]*\]|[^:]*?)\.?(?::\d*)?$/;

// The port does not matter: a proxy may drop it, and a rebound name is a name.
function readHostName(host: string): string {
  return HOST.exec(host.trim().toLowerCase())?.[1] ?? "";
}

function isOriginAllowed(edge: Edge, origin: string): boolean {
  if (edge.origins.has(origin)) return true;
  if (!edge.isLocal || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === origin && LOOPBACK_HOSTS.has(url.hostname);
}
