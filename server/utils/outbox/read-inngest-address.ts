import type { Config } from "../config";

/** Where Inngest is, each without a slash at its end. */
export interface InngestAddress {
  readonly kind: "local" | "self-hosted" | "cloud";
  /** Where events go. */
  readonly eventUrl: string;
  /** Where apps register and runs are asked for. */
  readonly apiUrl: string;
}

const LOCAL_URL = "http://localhost:8288";

/** Where the SDK finds Inngest by this configuration (`Inngest.apiBaseUrl` and `eventBaseUrl` in inngest 4.24). */
export function readInngestAddress({ dev, baseUrl }: Config["inngest"]): InngestAddress {
  const isLocal = dev !== undefined && dev !== "0";
  const url = isLocal ? (/^https?:\/\//.test(dev) ? dev : (baseUrl ?? LOCAL_URL)) : baseUrl;
  if (url === undefined)
    return { kind: "cloud", eventUrl: "https://inn.gs", apiUrl: "https://api.inngest.com" };
  const plain = url.replace(/\/+$/, "");
  return { kind: isLocal ? "local" : "self-hosted", eventUrl: plain, apiUrl: plain };
}
