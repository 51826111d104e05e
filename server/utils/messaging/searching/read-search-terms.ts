import { storable } from "../../meta/json";

/**
 * The terms of a query: its words, and what stands in quotes as one. Anything is a query; what holds no sign that can be
 * looked for has no terms.
 */
export function readSearchTerms(query: string): string[] {
  const found = storable(query).matchAll(/"([^"]*)"|[^\s"]+/gu);
  return [...found].map(([whole, quoted]) => (quoted ?? whole).trim()).filter((term) => term !== "");
}
