import { describe, expect, it } from "vitest";
import { deriveArguments, listPaths, setArgument, type ArgumentSchema } from "./derive-arguments";
import { ID_PROPERTIES, readIdKinds } from "./id-properties";
import { normaliseAnswer } from "./normalise-answer";

const schema: ArgumentSchema = {
  type: "object",
  required: ["to", "media", "limit", "mode"],
  properties: {
    to: { type: "string", minLength: 3 },
    limit: { type: "integer", minimum: 4 },
    mode: { enum: ["a", "b"] },
    timeout_s: { type: "number" },
    message_ids: { type: "array", minItems: 1, items: { type: "string", format: "uuid" } },
    media: { anyOf: [{ type: "object", properties: { media_id: { type: "string" } } }] },
    parts: {
      type: "array",
      items: {
        type: "object",
        required: ["kind"],
        properties: { kind: { type: "string" }, id: { type: "string" } },
      },
    },
  },
};

describe("the matrix", () => {
  it("makes up what a tool requires", () => {
    expect(deriveArguments(schema)).toEqual({ to: "xxx", media: {}, limit: 4, mode: "a", timeout_s: 0 });
  });

  it("finds every argument, however deep", () => {
    const paths = listPaths(schema).map((path) => path.join("."));
    expect(paths).toEqual(
      expect.arrayContaining(["to", "message_ids.0", "media.media_id", "parts.0.kind", "parts.0.id"]),
    );
    expect(paths).not.toContain("message_ids");
  });

  it("puts an id where it belongs, and makes up what stands around it", () => {
    const args = deriveArguments(schema);
    expect(setArgument(schema, args, ["media", "media_id"], "m")).toMatchObject({ media: { media_id: "m" } });
    expect(setArgument(schema, args, ["message_ids", 0], "m")).toMatchObject({ message_ids: ["m"] });
    expect(setArgument(schema, args, ["parts", 0, "id"], "p")).toMatchObject({
      parts: [{ kind: "x", id: "p" }],
    });
  });

  it.each(["invoice_id", "thread_ids"])(
    "fails for %s, which it does not know, and says what to do",
    (name) => {
      expect(() => readIdKinds("pay", name)).toThrow(/Add it to ID_PROPERTIES/);
      expect(() => readIdKinds("pay", name)).toThrow(new RegExp(`pay takes "${name}"`));
    },
  );

  it("knows to, contact, cursor and reply_to, and takes no other name for an id", () => {
    for (const name of ["to", "contact", "cursor", "reply_to"]) expect(ID_PROPERTIES.has(name)).toBe(true);
    expect(readIdKinds("send_message", "body")).toBeUndefined();
  });

  it("takes two answers for the same only if nothing but new ids, cursors and the request's id differ", () => {
    const [old, fresh] = ["01980000-0000-7000-8000-00000000000a", "01980000-0000-7000-8000-00000000000b"];
    const planted = new Set([old]);
    const answer = { error: { request_id: "r", code: "x" }, id: fresh, known: old, cursor: "A".repeat(22) };
    expect(normaliseAnswer(answer, planted)).toEqual({
      error: { code: "x" },
      id: "<new id>",
      known: old,
      cursor: "<cursor>",
    });
  });
});
