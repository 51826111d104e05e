import { existsSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildMessagePayload } from "#server/utils/meta/message-payload";
import { BODIES } from "./bodies";

type Json = Record<string, unknown>;

const FILE = [process.env.META_OPENAPI, "../shared/reference/business-messaging-api_v23.0.yaml"].find(
  (path) => path !== undefined && existsSync(path),
);

/** Under which schema Meta describes the content of a type. Its schemas of whole messages can be met by none (see below). */
const SCHEMAS: Record<string, string> = {
  image: "ImageMessage",
  document: "DocumentMessage",
  audio: "AudioMessage",
  video: "VideoMessage",
  sticker: "StickerMessage",
  location: "LocationMessage",
  contacts: "ContactsMessage",
  reaction: "ReactionMessage",
  interactive: "InteractiveMessage",
  template: "TemplateMessage",
};

describe.skipIf(FILE === undefined)("what is sent, by Meta's OpenAPI", () => {
  const validate = FILE === undefined ? () => [] : createValidator(FILE);

  it.each(BODIES)("%s", (_, type, content) => {
    const address = { kind: "phone", value: "16505551234" } as const;
    const more = { address, replyToWamid: "wamid.1", callbackId: "id" };
    const body = buildMessagePayload({ ...more, type, content: content as Json });
    expect(validate("BaseMessageProperties", body)).toEqual([]);
    expect(validate(`${SCHEMAS[type]}/allOf/1/properties/${type}`, body[type])).toEqual([]);
  });

  it("refuses what is not so", () => {
    expect(validate("BaseMessageProperties", { to: "1" })).not.toEqual([]);
    expect(validate("InteractiveMessage/allOf/1/properties/interactive", { type: "button" })).not.toEqual([]);
    expect(validate("LocationMessage/allOf/1/properties/location", { latitude: 1 })).not.toEqual([]);
  });
});

it.runIf(FILE === undefined)("is skipped: Meta's OpenAPI is not here (META_OPENAPI)", () => {
  expect(FILE).toBeUndefined();
});

function createValidator(file: string): (pointer: string, value: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(correct(parse(readFileSync(file, "utf8"))), "meta");
  return (pointer, value) => {
    const check = ajv.compile({ $ref: `meta#/components/schemas/${pointer}` });
    return check(value) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}

// The file is behind Meta's own pages in places, and in two its patterns contradict its own examples.
function correct(file: Json): Json {
  const { schemas } = structuredClone(file.components) as { schemas: Record<string, Json> };
  const interactive = schemas.InteractiveObject?.properties as { type: { enum: string[] } };
  interactive.type.enum.push("cta_url", "location_request_message", "request_contact_info");
  const names = { enum: ["cta_url", "send_location", "request_contact_info"] };
  const actions = schemas.ActionObject?.oneOf as Json[];
  actions.push({ required: ["name"], properties: { name: names } });
  const component = schemas.TemplateComponent?.properties as Json;
  component.index = { type: "string", pattern: "^[0-9]$" };
  (component.sub_type as { enum: string[] }).enum.push("copy_code");
  return { components: { schemas } };
}
