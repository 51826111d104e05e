import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { compactSchema } from "#server/utils/mcp/compact-schema";

const compact = (schema: v.GenericSchema): unknown => {
  const { $schema: _, ...json } = toJsonSchema(schema);
  return compactSchema(json);
};

describe("compactSchema", () => {
  it("writes what may be null as two types", () => {
    const described = v.pipe(v.string(), v.maxLength(3), v.description("a word"));
    expect(compact(v.nullable(described))).toEqual({
      type: ["string", "null"],
      maxLength: 3,
      description: "a word",
    });
  });

  it("leaves other unions alone, and a list of values that null is not on", () => {
    const union = compact(v.union([v.string(), v.number()]));
    expect(union).toEqual({ anyOf: [{ type: "string" }, { type: "number" }] });
    expect(compact(v.nullable(v.picklist(["a"])))).toEqual({
      anyOf: [{ type: "string", enum: ["a"] }, { type: "null" }],
    });
  });

  it("leaves out what says nothing, at any depth", () => {
    const schema = v.object({
      inner: v.object({ any: v.record(v.string(), v.unknown()), may: v.optional(v.string()) }),
    });
    expect(compact(schema)).toEqual({
      type: "object",
      properties: {
        inner: {
          type: "object",
          properties: { any: { type: "object" }, may: { type: "string" } },
          required: ["any"],
        },
      },
      required: ["inner"],
    });
    expect(compact(v.object({}))).toEqual({ type: "object", properties: {} });
  });

  it("keeps what narrows a record or an object", () => {
    expect(compact(v.record(v.string(), v.number()))).toMatchObject({
      additionalProperties: { type: "number" },
    });
    expect(compact(v.strictObject({}))).toMatchObject({ additionalProperties: false });
  });
});
