import type { H3Event } from "h3";
import { readBytes } from "./read-bytes";

/**
 * The request's body as text.
 *
 * @throws BodyTooLargeError beyond `limitBytes`
 */
export async function readText(event: H3Event, limitBytes: number): Promise<string> {
  return (await readBytes(event, limitBytes)).toString("utf8");
}
