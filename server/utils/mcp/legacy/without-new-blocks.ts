import { LATEST_PROTOCOL_VERSION, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/sdk/types.js";
import type { JsonObject } from "../client-link";

// MCP 2025-06-18, "Tools", resource links: a client of an older version may refuse an answer with a block that it does not know.
const LINKS_SINCE = "2025-06-18";

/** A tool's answer as this client can read it. What a link leads to stands in the answer's text as well. */
export function withoutNewBlocks(answer: JsonObject, initialize: JsonObject): JsonObject {
  const { content } = answer;
  if (agreedVersion(initialize) >= LINKS_SINCE || !Array.isArray(content)) return answer;
  return { ...answer, content: content.filter((block: JsonObject) => block.type !== "resource_link") };
}

// As the SDK answers `initialize`.
function agreedVersion({ protocolVersion: asked }: JsonObject): string {
  return SUPPORTED_PROTOCOL_VERSIONS.find((version) => version === asked) ?? LATEST_PROTOCOL_VERSION;
}
