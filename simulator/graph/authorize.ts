import { createHash, timingSafeEqual } from "node:crypto";
import { getQuery, getRequestHeader, type H3Event } from "h3";
import type { World } from "../core/world";
import { GraphError } from "./graph-error";

/**
 * Lets a call pass that carries the access token, in the header or in the query as the Graph API allows.
 *
 * @throws GraphError 104 without a token, 190 with a wrong one
 */
export function authorize(world: World, event: H3Event, alsoAppToken = false): void {
  const token = bearerToken(event);
  if (token === undefined) {
    throw new GraphError(104, { message: "An access token is required to request this resource." });
  }
  const appToken = `${world.appId}|${world.appSecret}`;
  if (alsoAppToken && same(token, appToken)) return;
  if (same(token, world.accessToken)) {
    if (hasExpired(world)) throw expiredToken();
    return;
  }
  throw new GraphError(190, { message: "Invalid OAuth access token." });
}

/** Whether the access token's time is up; the settings say when. */
export function hasExpired({ settings, clock }: World): boolean {
  return settings.token_expires_at > 0 && settings.token_expires_at * 1000 <= clock.now();
}

/** The token of an expired session, as Meta reports it. */
export function expiredToken(): GraphError {
  return new GraphError(190, {
    message: "Error validating access token: the session has expired.",
    subcode: 463,
  });
}

function bearerToken(event: H3Event): string | undefined {
  const match = /^(?:Bearer|OAuth)\s+(\S+)\s*$/i.exec(getRequestHeader(event, "authorization") ?? "");
  if (match?.[1] !== undefined) return match[1];
  const { access_token: fromQuery } = getQuery(event);
  return typeof fromQuery === "string" && fromQuery !== "" ? fromQuery : undefined;
}

function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
