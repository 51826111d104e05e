import { describe, expect, it } from "vitest";
import type { JsonObject } from "#simulator/core/json-object";
import { checkDefinition, type TemplateDefinition } from "#simulator/templates/check-definition";
import { completeComponents } from "#simulator/templates/complete-components";
import { TemplateDefinitionError } from "#simulator/templates/template-definition-error";
import { fillPlaceholders, placeholdersOf } from "#simulator/templates/placeholders";

const body = { type: "BODY", text: "Hello {{1}}" };
const header = (more: JsonObject) => [{ type: "HEADER", format: "TEXT", ...more }, body];
const buttons = (...list: JsonObject[]) => [body, { type: "BUTTONS", buttons: list }];
const quick = (text: string) => ({ type: "QUICK_REPLY", text });
const link = (url: string) => ({ type: "URL", text: "Open", url });

function problemOf(definition: TemplateDefinition): string | undefined {
  try {
    checkDefinition(definition);
    return undefined;
  } catch (error) {
    return error instanceof TemplateDefinitionError ? error.message : "another error";
  }
}

describe("checkDefinition", () => {
  it.each<[string, Partial<TemplateDefinition>, string | undefined]>([
    ["a plain one", {}, undefined],
    ["a name in capitals", { name: "Hello" }, "name"],
    ["a name of 512", { name: "x".repeat(512) }, undefined],
    ["a name of 513", { name: "x".repeat(513) }, "name"],
    ["no body", { components: [] }, "needs a BODY"],
    ["a body of 1024", { components: [{ type: "BODY", text: "x".repeat(1024) }] }, undefined],
    ["a body of 1025", { components: [{ type: "BODY", text: "x".repeat(1025) }] }, "longer than 1024"],
    ["an unknown component", { components: [body, { type: "SIDE" }] }, "SIDE is unknown"],
    ["a header of 60", { components: header({ text: "x".repeat(60) }) }, undefined],
    ["a header of 61", { components: header({ text: "x".repeat(61) }) }, "longer than 60"],
    ["a header with two variables", { components: header({ text: "{{1}} {{2}}" }) }, "one variable"],
    ["a header of music", { components: header({ format: "AUDIO" }) }, "AUDIO is unknown"],
    ["a picture above", { components: header({ format: "IMAGE" }) }, undefined],
    ["a footer of 61", { components: [body, { type: "FOOTER", text: "x".repeat(61) }] }, "longer than 60"],
    ["ten buttons", { components: buttons(...Array.from({ length: 10 }, () => quick("Yes"))) }, undefined],
    [
      "eleven buttons",
      { components: buttons(...Array.from({ length: 11 }, () => quick("Yes"))) },
      "at most 10",
    ],
    ["a label of 26", { components: buttons(quick("x".repeat(26))) }, "longer than 25"],
    ["an address with its variable at the end", { components: buttons(link("https://a/{{1}}")) }, undefined],
    ["one with its variable inside", { components: buttons(link("https://a/{{1}}/b")) }, "at its end"],
    ["one with two variables", { components: buttons(link("https://a/{{1}}{{2}}")) }, "one variable"],
    [
      "an address of 2001",
      { components: buttons(link(`https://a/${"x".repeat(1991)}`)) },
      "longer than 2000",
    ],
    [
      "a phone number of 21",
      { components: buttons({ type: "PHONE_NUMBER", text: "Call", phone_number: "1".repeat(21) }) },
      "longer than 20",
    ],
    [
      "a code of 16",
      { components: buttons({ type: "COPY_CODE", example: "x".repeat(16) }) },
      "longer than 15",
    ],
    [
      "a contact request with a label",
      { components: buttons({ type: "REQUEST_CONTACT_INFO", text: "Share" }) },
      "takes no text",
    ],
    [
      "an authentication template without texts",
      { category: "AUTHENTICATION", components: [{ type: "BODY" }] },
      undefined,
    ],
  ])("%s", (_name, changes, problem) => {
    const found = problemOf({ name: "hello", category: "UTILITY", components: [body], ...changes });
    expect(found ?? "fine").toContain(problem ?? "fine");
  });
});

describe("completeComponents", () => {
  it("writes the text and the button of authentication templates", () => {
    const given = [
      { type: "body", add_security_recommendation: true },
      { type: "footer", code_expiration_minutes: 10 },
      { type: "buttons", buttons: [{ type: "otp", otp_type: "copy_code", text: "Copy" }] },
    ];
    const [text, footer, last] = completeComponents(given, "AUTHENTICATION");
    expect(placeholdersOf(text?.text)).toEqual(["1"]);
    expect(footer?.text).toContain("10 minutes");
    expect(last?.buttons).toEqual([
      {
        type: "URL",
        text: "Copy",
        url: "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
      },
    ]);
  });

  it("puts types in capitals and takes a header without a format for a text", () => {
    expect(
      completeComponents(
        [
          { type: "header", text: "Hi" },
          { type: "header", format: "image" },
        ],
        "UTILITY",
      ),
    ).toEqual([
      { type: "HEADER", format: "TEXT", text: "Hi" },
      { type: "HEADER", format: "IMAGE" },
    ]);
  });
});

describe("placeholders", () => {
  it("finds each once, and fills them without touching what comes in", () => {
    expect(placeholdersOf("{{1}} {{name}} {{ 1 }} {{}} {1}")).toEqual(["1", "name"]);
    expect(placeholdersOf(undefined)).toEqual([]);
    const values = new Map([
      ["1", "{{2}} $&"],
      ["2", "no"],
    ]);
    expect(fillPlaceholders("a {{1}} b {{3}}", values)).toBe("a {{2}} $& b {{3}}");
  });
});
