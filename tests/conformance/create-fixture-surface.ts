import type { ToolDescription } from "#server/utils/mcp/catalogue";
import type { ResourceTemplateDescription } from "#server/utils/mcp/resources/list-resource-templates";
import type { ResourceDescription } from "#server/utils/mcp/resources/resource-description";
import type { Completion, McpSurface, PromptDescription, SurfaceCall } from "#server/utils/mcp/surface";
import { askingTools } from "./fixtures/asking-tools";
import { contentTools } from "./fixtures/content-tools";
import { describingTools } from "./fixtures/describing-tools";
import type { FixtureCall, FixtureContext, FixturePrompt, FixtureTool } from "./fixtures/fixture-types";
import { inputRequiredTools } from "./fixtures/input-required-tools";
import { openRound } from "./fixtures/open-round";
import { fixturePrompts } from "./fixtures/prompts";
import { reportingTools } from "./fixtures/reporting-tools";
import { FIXTURE_RESOURCES, FIXTURE_TEMPLATES, readFixtureResource } from "./fixtures/resources";

const TOOLS: readonly FixtureTool[] = [
  ...contentTools,
  ...reportingTools,
  ...askingTools,
  ...inputRequiredTools,
  ...describingTools,
];
// The product's descriptions promise more than the suite prescribes: an output schema, hints, JSON.
const TOOL_DESCRIPTIONS = TOOLS.map(describeTool) as unknown as readonly ToolDescription[];
const RESOURCES = FIXTURE_RESOURCES as unknown as readonly ResourceDescription[];
const TEMPLATES = FIXTURE_TEMPLATES as unknown as readonly ResourceTemplateDescription[];
const PROMPT_DESCRIPTIONS = fixturePrompts.map(describePrompt);
const WORDS = ["paris", "park", "party"];

/**
 * The product's surface with what the conformance suite calls by name. It only adds entries: everything between the wire and
 * the surface is the product's own.
 */
export function createFixtureSurface(inner: McpSurface, context: FixtureContext): McpSurface {
  return {
    ...inner,
    // For `test_tool_with_logging`; the product never logs to a client.
    capabilities: { ...inner.capabilities, logging: {} },
    listTools: (principal) => [...inner.listTools(principal), ...TOOL_DESCRIPTIONS],
    async callTool(call) {
      const tool = TOOLS.find(({ name }) => name === call.name);
      return tool ? tool.call(openCall(context, call)) : inner.callTool(call);
    },
    async listResources(call) {
      const page = await inner.listResources(call);
      if (call.cursor !== undefined) return page;
      return { ...page, resources: [...page.resources, ...RESOURCES] };
    },
    listResourceTemplates: (principal) => [...inner.listResourceTemplates(principal), ...TEMPLATES],
    async readResource(call) {
      const content = readFixtureResource(call.uri);
      return content ? { contents: [content] } : inner.readResource(call);
    },
    async subscribe(call) {
      if (!readFixtureResource(call.uri)) await inner.subscribe(call);
    },
    async listen(call) {
      const readable = new Set(await inner.listen(call));
      return call.uris.filter((uri) => readable.has(uri) || readFixtureResource(uri));
    },
    listPrompts: (principal) => [...inner.listPrompts(principal), ...PROMPT_DESCRIPTIONS],
    async getPrompt(call) {
      const prompt = fixturePrompts.find(({ name }) => name === call.name);
      return prompt ? prompt.get(openCall(context, call)) : inner.getPrompt(call);
    },
    async complete(call) {
      const { ref, argument } = call;
      const isFixture = ref.type === "ref/prompt" && fixturePrompts.some(({ name }) => name === ref.name);
      return isFixture ? completeWord(argument.value) : inner.complete(call);
    },
  };
}

function openCall(
  context: FixtureContext,
  call: SurfaceCall & { readonly name: string; readonly arguments: unknown },
): FixtureCall {
  const given = typeof call.arguments === "object" && call.arguments !== null ? { ...call.arguments } : {};
  const opened = { ...call, arguments: given };
  return { ...opened, round: openRound(context, opened) };
}

function describeTool({ name, description, inputSchema }: FixtureTool): Record<string, unknown> {
  return { name, description, inputSchema: inputSchema ?? { type: "object", properties: {} } };
}

function describePrompt({ name, description, arguments: takes }: FixturePrompt): PromptDescription {
  return {
    name,
    title: "Fixture",
    description,
    arguments: takes.map((argument) => ({ ...argument, required: true })),
  };
}

function completeWord(typed: string): Completion {
  const values = WORDS.filter((word) => word.startsWith(typed));
  return { values, total: values.length, hasMore: false };
}
