import { v7 } from "uuid";

/** A new uuid v7: its order is the order of creation, so an index on it stays dense and pages by time. */
export function newId(): string {
  return v7();
}
