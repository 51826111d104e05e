import type { Engine } from "../engine";

/** One request, taken apart. */
export interface Exchange {
  engine: Engine;
  /** Segments of the path that the route left open. */
  parameters: string[];
  query: URLSearchParams;
  header(name: string): string | undefined;
  body(): Promise<unknown>;
}
