import { describe, expect, it } from "vitest";
import { catalogue, type ToolDescription } from "#server/utils/mcp/catalogue";
import { createPrincipal } from "../../helpers/create-principal";
import { printJson } from "../../helpers/print-json";

const OWNER = createPrincipal({ isOwner: true, scopes: ["tools:*"] });
const SNAPSHOTS = new URL("../../../../__toolsnaps__/", import.meta.url);
const all = catalogue.describe(OWNER);
const named = all.map((tool): [string, ToolDescription] => [tool.name, tool]);

/** Every schema inside a JSON schema, itself included. */
function schemasIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(schemasIn);
  if (typeof value !== "object" || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(schemasIn)];
}

describe("catalogue", () => {
  it("shows the owner every tool, by names in snake_case that are short enough for hosts", () => {
    expect(all.map(({ name }) => name)).toEqual(catalogue.names());
    expect(new Set(catalogue.names()).size).toBe(all.length);
    expect(all.length).toBeLessThanOrEqual(20);
    for (const name of catalogue.names()) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const name of catalogue.names()) expect(name.length).toBeLessThanOrEqual(40);
  });

  it("says the same, in the same order, each time", () => {
    expect(JSON.stringify(catalogue.describe(OWNER))).toBe(JSON.stringify(all));
  });

  it("finds a tool by its exact name only", () => {
    for (const name of catalogue.names()) expect(catalogue.find(name)?.name).toBe(name);
    for (const name of ["", "PING", "ping ", "constructor", "__proto__"]) {
      expect(catalogue.find(name)).toBeUndefined();
    }
  });

  it("shows a key what it may call, in the order of the whole, and nothing else", () => {
    const see = (scopes: string[]) => catalogue.describe(createPrincipal({ scopes })).map(({ name }) => name);
    expect(see([])).toEqual([]);
    expect(see(["numbers:*"])).toEqual([]);
    expect(see(["tools:wait_for_messages", "tools:ping", "tools:of_the_future"])).toEqual([
      "ping",
      "wait_for_messages",
    ]);
    // The wildcard is the owner's alone.
    expect(see(["tools:*"])).toEqual([]);
  });

  describe.each(named)("%s", (name, tool) => {
    it("has the description that was reviewed", async () => {
      await expect(printJson(tool)).toMatchFileSnapshot(new URL(`${name}.json`, SNAPSHOTS).pathname);
    });

    it("states all four hints", () => {
      const { annotations } = tool;
      expect(Object.keys(annotations).toSorted()).toEqual([
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
        "readOnlyHint",
      ]);
      for (const hint of Object.values(annotations)) expect(hint).toBeTypeOf("boolean");
      // A call that changes nothing destroys nothing and may be repeated.
      const isHarmless = !annotations.destructiveHint && annotations.idempotentHint;
      expect(!annotations.readOnlyHint || isHarmless).toBe(true);
    });

    it("has a title and a description, of one line", () => {
      for (const text of [tool.title, tool.description]) expect(text).toMatch(/^[A-Z][^\n]{3,300}$/);
    });

    it("takes a plain object with named fields and no others", () => {
      expect(tool.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
      expect(tool.inputSchema.properties).toBeTypeOf("object");
      for (const word of ["anyOf", "oneOf", "allOf", "not", "enum", "$ref", "$schema", "$defs"]) {
        expect(tool.inputSchema).not.toHaveProperty(word);
      }
      for (const field of Object.keys(tool.inputSchema.properties ?? {})) {
        expect(field).toMatch(/^[a-z]+(_[a-z]+)*$/);
      }
    });

    it("answers with an object whose success and whose error both fit", () => {
      const { outputSchema } = tool;
      expect(outputSchema.type).toBe("object");
      expect(outputSchema.properties).toHaveProperty("error");
      for (const schema of schemasIn(outputSchema)) {
        expect(schema).not.toHaveProperty("additionalProperties");
        expect(Array.isArray(schema.required)).toBe(false);
      }
      expect(outputSchema).not.toHaveProperty("anyOf");
    });

    it("uses only words of JSON Schema that every host knows", () => {
      for (const schema of [...schemasIn(tool.inputSchema), ...schemasIn(tool.outputSchema)]) {
        expect(schema).not.toHaveProperty("$ref");
        expect(schema).not.toHaveProperty("const.undefined");
        const pattern = typeof schema.pattern === "string" ? schema.pattern : "";
        expect(() => new RegExp(pattern, "u")).not.toThrow();
      }
    });

    it("leaves no room for a stranger's words outside untrusted fields", () => {
      const holdsWords = schemasIn(tool.outputSchema).some((schema) =>
        ["untrusted_text", "untrusted_file_name"].some((field) => field in schema),
      );
      expect("notice" in (tool.outputSchema.properties ?? {})).toBe(holdsWords);
      expect(JSON.stringify(tool.outputSchema)).not.toMatch(/"(sender_name|profile_name|caption|text)"/);
    });
  });
});
