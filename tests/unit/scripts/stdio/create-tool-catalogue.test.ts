import { describe, expect, it, vi } from "vitest";
import { createToolCatalogue } from "../../../../scripts/stdio/create-tool-catalogue";

const PAGES: Record<string, Record<string, unknown>> = {
  first: { tools: [{ name: "send_message", annotations: { readOnlyHint: false } }], nextCursor: "second" },
  second: {
    tools: [
      { name: "get_messages", annotations: { readOnlyHint: true } },
      { name: "bare" },
      null,
      { name: 1 },
    ],
  },
};
const list = () =>
  vi.fn<(cursor?: string) => Promise<Record<string, unknown> | undefined>>(
    async (cursor = "first") => PAGES[cursor],
  );

describe("createToolCatalogue", () => {
  it("asks the server for every page when nobody has yet", async () => {
    const listTools = list();
    const catalogue = createToolCatalogue(listTools);
    expect(await catalogue.isReadOnly("get_messages")).toBe(true);
    expect(await catalogue.isReadOnly("send_message")).toBe(false);
    expect(await catalogue.isReadOnly("bare")).toBe(false);
    expect(listTools.mock.calls).toEqual([[undefined], ["second"]]);
  });

  it("uses what the host's own list has shown", async () => {
    const listTools = list();
    const catalogue = createToolCatalogue(listTools);
    catalogue.learn({ tools: [{ name: "get_messages", annotations: { readOnlyHint: true } }] });
    expect(await catalogue.isReadOnly("get_messages")).toBe(true);
    expect(listTools).not.toHaveBeenCalled();
    catalogue.forget();
    await catalogue.isReadOnly("get_messages");
    expect(listTools).toHaveBeenCalled();
  });

  it("takes a tool for one that writes when the server does not say", async () => {
    const catalogue = createToolCatalogue(async () => undefined);
    expect(await catalogue.isReadOnly("get_messages")).toBe(false);
  });

  it("does not follow pages for ever", async () => {
    const listTools = vi.fn<() => Promise<Record<string, unknown>>>(async () => ({
      tools: [],
      nextCursor: "again",
    }));
    expect(await createToolCatalogue(listTools).isReadOnly("x")).toBe(false);
    expect(listTools).toHaveBeenCalledTimes(50);
  });
});
