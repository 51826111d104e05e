import { isJsonObject, type JsonObject } from "../../core/json-object";
import { GraphError } from "../graph-error";

/** The member as an object, or Meta's error for a missing one. */
export function requireObject(owner: JsonObject, key: string, path = key): JsonObject {
  const value = owner[key];
  if (value === undefined || value === null) throw missing(path);
  if (!isJsonObject(value)) throw invalid(`${path} must be an object`);
  return value;
}

/** The member as a string of at most `limit` characters (UTF-16 units, the strict reading), not empty. */
export function requireText(owner: JsonObject, key: string, path: string, limit: number): string {
  const value = owner[key];
  if (value === undefined || value === null || value === "") throw missing(path);
  if (typeof value !== "string") throw invalid(`${path} must be a string`);
  return within(value, path, limit);
}

/** The same for a member that may be left out. */
export function optionalText(
  owner: JsonObject,
  key: string,
  path: string,
  limit: number,
): string | undefined {
  const value = owner[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(`${path} must be a string`);
  return within(value, path, limit);
}

/** The member as a list with `min` to `max` elements. */
export function requireList(
  owner: JsonObject,
  key: string,
  path: string,
  min: number,
  max: number,
): unknown[] {
  const value = owner[key];
  if (value === undefined || value === null) throw missing(path);
  if (!Array.isArray(value)) throw invalid(`${path} must be a list`);
  if (value.length < min || value.length > max) throw invalid(`${path} must have ${min} to ${max} elements`);
  return value as unknown[];
}

/** A value that must be an object. */
export function asObject(value: unknown, path: string): JsonObject {
  if (!isJsonObject(value)) throw invalid(`${path} must be an object`);
  return value;
}

/** Meta's error for a parameter that is not there. */
export function missing(path: string): GraphError {
  return new GraphError(131008, { details: `The parameter ${path} is missing` });
}

/** Meta's error for a parameter with a value it does not take. */
export function invalid(details: string): GraphError {
  return new GraphError(131009, { details });
}

function within(value: string, path: string, limit: number): string {
  if (value.length > limit) throw invalid(`${path} is longer than ${limit} characters`);
  return value;
}
