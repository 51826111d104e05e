import { askGraph, type GraphDoor } from "./ask-graph";
import type { JsonObject } from "./json";

/** Where a Graph API is, and how long it may take to answer. */
export type GraphAddress = Omit<GraphDoor, "accessToken">;

/** What came of asking: an answer, Meta's refusal with its code, or nothing that Meta said. */
export type GraphReading =
  | { readonly kind: "answered"; readonly body: JsonObject; readonly date: Date | undefined }
  | { readonly kind: "refused"; readonly code: number | undefined; readonly date: Date | undefined }
  | { readonly kind: "unreachable" };

/**
 * Reads from the Graph API. Never throws: every way to fail is an answer.
 *
 * @param path an id or an edge, without the version
 */
export async function readGraph(
  address: GraphAddress,
  path: string,
  query: Readonly<Record<string, string>>,
  accessToken: string,
): Promise<GraphReading> {
  const question = { path: `${path}?${new URLSearchParams(query)}` };
  const answer = await askGraph({ ...address, accessToken }, question);
  // Proxies before Meta answer in HTML.
  if (!answer || Object.keys(answer.body).length === 0) return { kind: "unreachable" };
  const { httpStatus, body, code, date } = answer;
  if (httpStatus < 400 && body.error === undefined) return { kind: "answered", body, date };
  return { kind: "refused", code, date };
}
