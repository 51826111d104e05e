const HOSTS = new Set(["lookaside.fbsbx.com", "graph.facebook.com"]);
const DOMAINS = [".fbcdn.net", ".whatsapp.net"];

/**
 * Whether the access token may go to this address: Meta's hosts over TLS, and wherever Graph itself was said to be. Asked anew
 * for each redirect.
 */
export function isMetaMediaUrl(url: URL, graphBaseUrl: string): boolean {
  if (url.username || url.password) return false;
  if (url.origin === new URL(graphBaseUrl).origin) return true;
  if (url.protocol !== "https:" || url.port !== "") return false;
  return HOSTS.has(url.hostname) || DOMAINS.some((domain) => url.hostname.endsWith(domain));
}
