import { defineEventHandler, type EventHandler, getRouterParam, type H3Event } from "h3";
import type { BusinessNumber } from "../core/business-number";
import { isJsonObject, type JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { BodyTooLargeError } from "../http/read-bytes";
import { readText } from "../http/read-text";
import { GraphError } from "./graph-error";
import { writeGraphAnswer, writeGraphError } from "./write-graph-answer";

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** A call on the Graph side. */
export interface GraphCall {
  world: World;
  event: H3Event;
  version: string;
}

/** Wraps what answers a Graph call: a value becomes the body, a GraphError Meta's error; nothing means "answered". */
export function defineGraphHandler(
  world: World,
  answer: (call: GraphCall) => Promise<JsonObject | undefined> | JsonObject | undefined,
): EventHandler {
  return defineEventHandler(async (event) => {
    const version = getRouterParam(event, "version") ?? "";
    try {
      if (!/^v\d{1,3}\.\d{1,2}$/.test(version)) throw unknownPath(event);
      const body = await answer({ world, event, version });
      if (body !== undefined) writeGraphAnswer(event, version, 200, body);
    } catch (error) {
      writeGraphError(event, version, asGraphError(error));
    }
    event._handled = true;
  });
}

/** The number that the path names. */
export function requireNumber({ world, event }: GraphCall): BusinessNumber {
  const id = getRouterParam(event, "id") ?? "";
  const number = world.numbers.get(id);
  if (number === undefined) throw unknownObject(id);
  return number;
}

/** The body as a JSON object. */
export async function readGraphBody({ event }: GraphCall): Promise<JsonObject> {
  const text = await readText(event, BODY_LIMIT_BYTES);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new GraphError(100, { message: "(#100) The request body is not valid JSON." });
  }
  if (!isJsonObject(body))
    throw new GraphError(100, { message: "(#100) The request body must be an object." });
  return body;
}

/** Meta's answer for an id that does not exist or that the token may not see. */
export function unknownObject(id: string): GraphError {
  const message = `Unsupported request. An object with ID '${id}' does not exist, or this token may not use it.`;
  return new GraphError(100, { message, subcode: 33, type: "GraphMethodException" });
}

/** Meta's answer for a path it does not know. */
export function unknownPath(event: H3Event): GraphError {
  return new GraphError(2500, { message: `Unknown path components: ${event.path.split("?")[0] ?? ""}` });
}

function asGraphError(error: unknown): GraphError {
  if (error instanceof GraphError) return error;
  if (error instanceof BodyTooLargeError)
    return new GraphError(100, { details: error.message, httpStatus: 413 });
  return new GraphError(131000, { details: error instanceof Error ? error.message : "unknown" });
}
