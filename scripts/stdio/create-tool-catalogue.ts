import { isRecord } from "./is-record";

/** What the shim knows of the server's tools: which of them only read. */
export interface ToolCatalogue {
  /** Takes in the result of a `tools/list`, whoever asked for it. */
  learn(result: Record<string, unknown>): void;
  /** The server said that its tools have changed. */
  forget(): void;
  /** Whether the tool says that it only reads. Asks the server when no list was seen yet; unknown means no. */
  isReadOnly(name: string): Promise<boolean>;
}

/** More pages than any catalogue has; a server that pages for ever is not followed. */
const PAGE_LIMIT = 50;

/** Creates the catalogue. `listTools` asks the server for one page and gives `undefined` when it cannot. */
export function createToolCatalogue(
  listTools: (cursor: string | undefined) => Promise<Record<string, unknown> | undefined>,
): ToolCatalogue {
  const readOnly = new Map<string, boolean>();

  const learn = (result: Record<string, unknown>): void => {
    for (const tool of Array.isArray(result.tools) ? result.tools : []) {
      if (!isRecord(tool) || typeof tool.name !== "string") continue;
      readOnly.set(tool.name, isRecord(tool.annotations) && tool.annotations.readOnlyHint === true);
    }
  };

  const fetchAll = async (): Promise<void> => {
    let cursor: string | undefined;
    for (let page = 0; page < PAGE_LIMIT; page++) {
      const result = await listTools(cursor);
      if (result === undefined) return;
      learn(result);
      if (typeof result.nextCursor !== "string") return;
      cursor = result.nextCursor;
    }
  };

  return {
    learn,
    forget: () => readOnly.clear(),
    async isReadOnly(name) {
      if (!readOnly.has(name)) await fetchAll();
      return readOnly.get(name) === true;
    },
  };
}
