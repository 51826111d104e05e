import type { JsonObject } from "../../core/json-object";
import { invalid, missing, optionalText } from "./checks";

/** `location`: Meta's schema declares the degrees as strings, its examples use numbers; both are taken. */
export function validateLocation(location: JsonObject): void {
  for (const [key, bound] of [
    ["latitude", 90],
    ["longitude", 180],
  ] as const) {
    const value = location[key];
    if (value === undefined || value === null || value === "") throw missing(`location.${key}`);
    const degrees = Number(value);
    if (!Number.isFinite(degrees) || Math.abs(degrees) > bound)
      throw invalid(`location.${key} is out of range`);
  }
  optionalText(location, "name", "location.name", 1024);
  optionalText(location, "address", "location.address", 1024);
}
