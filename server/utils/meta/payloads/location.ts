import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";

/** Meta names no limit; beyond this nothing is shown. */
const PLACE_LIMIT = 1024;
// A tenth of a metre.
const DECIMALS = 6;

export const LocationSchema = v.strictObject({
  latitude: degrees(90),
  longitude: degrees(180),
  name: v.optional(boundedText(PLACE_LIMIT)),
  address: v.optional(boundedText(PLACE_LIMIT)),
});

/** The object `location` of a message. Degrees as text, as Meta's schema has them. */
export function buildLocation(input: v.InferOutput<typeof LocationSchema>): JsonObject {
  const { latitude, longitude, name, address } = input;
  return {
    latitude: latitude.toFixed(DECIMALS),
    longitude: longitude.toFixed(DECIMALS),
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address }),
  };
}

function degrees(most: number) {
  const problem = ({ input }: { readonly input: number }): string =>
    `must be from -${most} to ${most}, is ${input}`;
  return v.pipe(v.number(), v.minValue(-most, problem), v.maxValue(most, problem));
}
