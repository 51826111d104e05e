import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { catalogue } from "#server/utils/mcp/catalogue";
import { createPrincipal } from "../../helpers/create-principal";

const OWNER = createPrincipal({ isOwner: true, scopes: ["tools:*"] });
const TOOL_LIMIT = 20;
const TOKEN_LIMIT = 5_000;

// Each host counts with a tokenizer of its own; they differ by a few percent on text like this.
const tokensOf = (value: unknown): number => countTokens(JSON.stringify(value));

describe("what tools/list costs a model", () => {
  const tools = catalogue.describe(OWNER);
  const table = tools.map((tool) => {
    const [all, input, output] = [tool, tool.inputSchema, tool.outputSchema].map(tokensOf);
    return `  ${tool.name.padEnd(24)} ${all} (input ${input}, output ${output})`;
  });
  const total = tokensOf({ tools });

  it(`is ${TOKEN_LIMIT} tokens at most`, () => {
    expect(total, `tools/list has ${total} tokens:\n${table.join("\n")}`).toBeLessThanOrEqual(TOKEN_LIMIT);
  });

  it(`is ${TOOL_LIMIT} tools at most`, () => {
    expect(tools.length).toBeLessThanOrEqual(TOOL_LIMIT);
  });
});
