import { describe, expect, it } from "vitest";
import type { McpSurface, SurfaceCall } from "#server/utils/mcp/surface";
import { createFixtureSurface } from "#tests/conformance/create-fixture-surface";
import { createPrincipal } from "../server/helpers/create-principal";

const principal = createPrincipal();
const call: SurfaceCall = {
  principal,
  requestId: "r",
  signal: new AbortController().signal,
  link: { era: "modern", capabilities: {}, progressToken: undefined, notify: async () => {} },
};
const own = (name: string) => ({ name, uri: name, uriTemplate: name });

/** A product with one entry of each kind, which answers with what it was asked for. */
const inner = {
  serverInfo: { name: "product", title: "Product", version: "1" },
  capabilities: { tools: {}, prompts: { listChanged: true } },
  instructions: "Instructions",
  listTools: () => [own("own-tool")],
  callTool: async ({ name }: { name: string }) => ({ called: name }),
  listResources: async ({ cursor }: { cursor?: string }) =>
    cursor ? { resources: [own(cursor)] } : { resources: [own("own-resource")], nextCursor: "page-2" },
  listResourceTemplates: () => [own("own-template")],
  readResource: async ({ uri }: { uri: string }) => ({ read: uri }),
  listPrompts: () => [own("own-prompt")],
  getPrompt: async ({ name }: { name: string }) => ({ got: name }),
  complete: async ({ argument }: { argument: { value: string } }) => ({ values: [argument.value] }),
  subscribe: ({ uri }: { uri: string }) => Promise.reject(new Error(`asked for ${uri}`)),
} as unknown as McpSurface;
const surface = createFixtureSurface(inner, { config: {}, clock: {} } as never);

describe("createFixtureSurface", () => {
  it("lists what the product lists, first and unchanged", async () => {
    const page = await surface.listResources({ ...call, cursor: undefined });
    expect(surface.listTools(principal)[0]).toEqual(own("own-tool"));
    expect(surface.listPrompts(principal)[0]).toEqual(own("own-prompt"));
    expect(surface.listResourceTemplates(principal)[0]).toEqual(own("own-template"));
    expect(page.resources[0]).toEqual(own("own-resource"));
    expect(page.nextCursor).toBe("page-2");
  });

  it("adds each fixture once, to the first page", async () => {
    const page = await surface.listResources({ ...call, cursor: undefined });
    const names = surface.listTools(principal).map(({ name }) => name);
    expect(names).toContain("test_simple_text");
    expect(new Set(names).size).toBe(names.length);
    expect(page.resources.map(({ uri }) => uri)).toContain("test://static-text");
    expect(await surface.listResources({ ...call, cursor: "page-2" })).toEqual({
      resources: [own("page-2")],
    });
  });

  it("leaves to the product whatever is no fixture's", async () => {
    const ref = { type: "ref/prompt", name: "own-prompt" } as const;
    const argument = { name: "a", value: "typed" };
    expect(await surface.callTool({ ...call, name: "own-tool", arguments: {} })).toEqual({
      called: "own-tool",
    });
    expect(await surface.getPrompt({ ...call, name: "own-prompt", arguments: {} })).toEqual({
      got: "own-prompt",
    });
    expect(await surface.readResource({ ...call, uri: "wamcp://inbox" })).toEqual({ read: "wamcp://inbox" });
    expect(await surface.complete({ ...call, ref, argument })).toEqual({ values: ["typed"] });
    await expect(surface.subscribe({ ...call, uri: "wamcp://inbox" })).rejects.toThrow(
      "asked for wamcp://inbox",
    );
    const { serverInfo, instructions, capabilities } = surface;
    expect({ serverInfo, instructions, capabilities }).toEqual({
      serverInfo: inner.serverInfo,
      instructions: inner.instructions,
      capabilities: { ...inner.capabilities, logging: {} },
    });
  });
});
