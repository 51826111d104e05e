import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";
import { FILE_URL_LIMIT } from "./file-reference";
import { buildInteractiveHeader, InteractiveHeaderSchema } from "./interactive-header";
import { buildListAction, FOOTER_LIMIT, ListSchema } from "./interactive-list";
import { listOf } from "./list-of";
import { noTwins } from "./no-twins";

export const INTERACTIVE_BODY_LIMIT = 1024;
export const BUTTONS_LIMIT = 3;
export const BUTTON_ID_LIMIT = 256;
export const BUTTON_TITLE_LIMIT = 20;

const body = boundedText(INTERACTIVE_BODY_LIMIT);
const around = {
  header: v.optional(InteractiveHeaderSchema),
  body,
  footer: v.optional(boundedText(FOOTER_LIMIT)),
};
const ButtonSchema = v.strictObject({
  id: boundedText(BUTTON_ID_LIMIT),
  title: boundedText(BUTTON_TITLE_LIMIT),
});
type Buttons = v.InferOutput<typeof ButtonSchema>[];

/** What a person can answer with one tap, by type. */
export const InteractiveSchema = v.variant("type", [
  v.strictObject({
    type: v.literal("buttons"),
    ...around,
    buttons: v.pipe(
      listOf(ButtonSchema, 1, BUTTONS_LIMIT),
      noTwins<Buttons>((buttons) => buttons.map(({ id }) => id), "id"),
      noTwins<Buttons>((buttons) => buttons.map(({ title }) => title), "title"),
    ),
  }),
  ListSchema,
  v.strictObject({
    type: v.literal("cta_url"),
    ...around,
    button: boundedText(BUTTON_TITLE_LIMIT),
    url: v.pipe(
      boundedText(FILE_URL_LIMIT),
      v.check((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), "must be a web address"),
    ),
  }),
  v.strictObject({ type: v.literal("location_request"), body }),
  v.strictObject({ type: v.literal("contact_info_request"), body }),
]);

export type Interactive = v.InferOutput<typeof InteractiveSchema>;

const META_TYPES: Record<Interactive["type"], string> = {
  buttons: "button",
  list: "list",
  cta_url: "cta_url",
  location_request: "location_request_message",
  contact_info_request: "request_contact_info",
};

/** The object `interactive` of a message. */
export function buildInteractive(input: Interactive): JsonObject {
  const header = "header" in input ? input.header : undefined;
  const footer = "footer" in input ? input.footer : undefined;
  return {
    type: META_TYPES[input.type],
    ...(header ? { header: buildInteractiveHeader(header) } : {}),
    body: { text: input.body },
    ...(footer === undefined ? {} : { footer: { text: footer } }),
    action: buildAction(input),
  };
}

function buildAction(input: Interactive): JsonObject {
  switch (input.type) {
    case "buttons":
      return { buttons: input.buttons.map((reply) => ({ type: "reply", reply })) };
    case "list":
      return buildListAction(input);
    case "cta_url":
      return { name: "cta_url", parameters: { display_text: input.button, url: input.url } };
    case "location_request":
      return { name: "send_location" };
    case "contact_info_request":
      return { name: "request_contact_info" };
  }
}
