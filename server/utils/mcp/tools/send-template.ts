import * as v from "valibot";
import { prepareTemplate } from "../../messaging/templates/prepare-template";
import { TemplateSchema } from "../../meta/payloads/template";
import { defineTool } from "../define-tool";
import { parsePayload } from "../parse-payload";
import { QueuedMessageSchema } from "../queued-message-schema";
import { sendContent } from "../send-content";
import { sendEntries } from "../send-entries";

const TOOL = "send_template";
const text = v.optional(v.string());
// A list or an object: what is in it, the payload's own schema says.
const values = v.optional(v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())]));

export const sendTemplate = defineTool({
  name: TOOL,
  title: "Send a template",
  description:
    "Send an approved template, also outside the 24-hour window. list_templates says what it wants; values in order or by name, buttons as [{index, type, value, data?}].",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    ...sendEntries,
    name: v.string(),
    language: v.string(),
    header: v.optional(
      v.looseObject({
        type: v.picklist(["text", "image", "video", "document", "location"]),
        values,
        url: text,
        media_id: text,
        filename: text,
        location: v.optional(v.record(v.string(), v.unknown())),
      }),
    ),
    body: values,
    buttons: v.optional(v.array(v.record(v.string(), v.unknown()))),
  }),
  output: QueuedMessageSchema,
  run: (ctx, input) => {
    const { name, language, header, body, buttons } = input;
    const given = parsePayload(TemplateSchema, { name, language, header, body, buttons });
    return sendContent(ctx, TOOL, input, {
      type: "template",
      payload: { ...given },
      text: undefined,
      prepare: (tx, place) => prepareTemplate(tx, place, given),
    });
  },
});
