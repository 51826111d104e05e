import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";
import { FILE_NAME_LIMIT } from "./document";
import { buildFileReference, fileEntries } from "./file-reference";
import { listOf } from "./list-of";
import { buildLocation, LocationSchema } from "./location";

const TEMPLATE_NAME_LIMIT = 512;
const TEMPLATE_BUTTONS_LIMIT = 10;
/** A body has 1,024 signs and a variable at least five of them. */
const TEMPLATE_PARAMETERS_LIMIT = 204;
/** Meta names none. */
const FLOW_DATA_LIMIT = 50;
/** Of the body with its values; a value alone is never longer. */
export const TEMPLATE_TEXT_LIMIT = 1024;

// 132018: Meta takes neither in a parameter.
const value = v.pipe(
  boundedText(TEMPLATE_TEXT_LIMIT),
  v.check(
    (text) => !/[\n\r\t]| {5,}/.test(text),
    "must have no line break, no tab and at most four spaces in a row",
  ),
);
const ListedSchema = listOf(value, 0, TEMPLATE_PARAMETERS_LIMIT);
const NamedSchema = v.record(boundedText(TEMPLATE_NAME_LIMIT), value);
type Values = v.InferOutput<typeof ListedSchema> | v.InferOutput<typeof NamedSchema>;
/** In order for a template of numbered variables, by name for one of named ones. */
const ValuesSchema = v.lazy((input): v.GenericSchema<Values> =>
  Array.isArray(input) ? ListedSchema : NamedSchema,
);

const FlowDataSchema = v.pipe(
  v.record(
    boundedText(TEMPLATE_NAME_LIMIT),
    v.union([boundedText(TEMPLATE_TEXT_LIMIT), v.number(), v.boolean()]),
  ),
  v.check(
    (data) => Object.keys(data).length <= FLOW_DATA_LIMIT,
    `must have at most ${FLOW_DATA_LIMIT} entries`,
  ),
);

export const TemplateSchema = v.strictObject({
  name: boundedText(TEMPLATE_NAME_LIMIT),
  language: boundedText(16),
  header: v.optional(
    v.strictObject({
      type: v.picklist(["text", "image", "video", "document", "location"]),
      values: v.optional(ValuesSchema),
      ...fileEntries,
      filename: v.optional(boundedText(FILE_NAME_LIMIT)),
      location: v.optional(LocationSchema),
    }),
  ),
  body: v.optional(ValuesSchema),
  buttons: v.optional(
    listOf(
      v.strictObject({
        index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(TEMPLATE_BUTTONS_LIMIT - 1)),
        type: v.picklist(["quick_reply", "url", "copy_code", "flow"]),
        /** Of a flow its token. */
        value,
        /** What a flow's first screen is given. */
        data: v.optional(FlowDataSchema),
      }),
      0,
      TEMPLATE_BUTTONS_LIMIT,
    ),
  ),
});

/** A template and what goes into it. */
export type TemplateInput = v.InferOutput<typeof TemplateSchema>;

/** The object `template` of a message. */
export function buildTemplate({ name, language, header, body, buttons }: TemplateInput): JsonObject {
  const components = [
    ...(header ? [{ type: "header", parameters: buildHeader(header) }] : []),
    ...(body && Object.keys(body).length > 0 ? [{ type: "body", parameters: buildTexts(body) }] : []),
    ...(buttons ?? []).map(buildButton),
  ];
  return {
    name,
    language: { code: language, policy: "deterministic" },
    ...(components.length > 0 ? { components } : {}),
  };
}

function buildHeader(header: NonNullable<TemplateInput["header"]>): JsonObject[] {
  if (header.type === "text") return buildTexts(header.values ?? []);
  if (header.type === "location") {
    return [{ type: "location", location: header.location ? buildLocation(header.location) : {} }];
  }
  const filename = header.filename === undefined ? {} : { filename: header.filename };
  return [{ type: header.type, [header.type]: { ...buildFileReference(header), ...filename } }];
}

function buildTexts(values: Values): JsonObject[] {
  if (Array.isArray(values)) return values.map((text) => ({ type: "text", text }));
  return Object.entries(values).map(([name, text]) => ({ type: "text", parameter_name: name, text }));
}

function buildButton({
  index,
  type,
  value: given,
  data,
}: NonNullable<TemplateInput["buttons"]>[number]): JsonObject {
  const parameter = {
    quick_reply: { type: "payload", payload: given },
    url: { type: "text", text: given },
    copy_code: { type: "coupon_code", coupon_code: given },
    flow: { type: "action", action: { flow_token: given, ...(data ? { flow_action_data: data } : {}) } },
  }[type];
  return { type: "button", sub_type: type, index: String(index), parameters: [parameter] };
}
