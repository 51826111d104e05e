import { describe, expect, it } from "vitest";
import { introduceChannel } from "../../../../scripts/stdio/introduce-channel";

const answer = {
  jsonrpc: "2.0",
  id: "first",
  result: {
    protocolVersion: "2025-11-25",
    capabilities: { tools: {}, experimental: { other: { a: 1 } } },
    serverInfo: { name: "s", version: "1" },
    instructions: "Send and read.",
    _meta: { kept: true },
  },
};

const introduce = (value: unknown, owner?: string) =>
  JSON.parse(introduceChannel(JSON.stringify(value), owner === undefined ? {} : { owner })) as typeof answer;

describe("introduceChannel", () => {
  it("adds the capability and a word to the instructions, and leaves the rest", () => {
    const { result, ...envelope } = introduce(answer);
    const { capabilities, instructions, ...rest } = result;
    expect(envelope).toEqual({ jsonrpc: "2.0", id: "first" });
    expect(capabilities).toEqual({ tools: {}, experimental: { other: { a: 1 }, "claude/channel": {} } });
    expect(instructions).toMatch(/^Send and read\.\n\n.*stranger.*data/s);
    expect(rest).toEqual({
      protocolVersion: "2025-11-25",
      serverInfo: answer.result.serverInfo,
      _meta: { kept: true },
    });
  });

  it("declares the permission relay only when somebody is asked", () => {
    const experimental = introduce(answer, "owner").result.capabilities.experimental;
    expect(experimental).toHaveProperty(["claude/channel/permission"], {});
  });

  it("does with a server that says little", () => {
    const { result } = introduce({ jsonrpc: "2.0", id: 1, result: {} });
    expect(result.capabilities).toEqual({ experimental: { "claude/channel": {} } });
    expect(result.instructions).toContain("stranger");
  });

  it("leaves an error as it came", () => {
    const line = '{ "jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"} }';
    expect(introduceChannel(line, {})).toBe(line);
  });
});
