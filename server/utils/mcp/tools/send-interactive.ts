import * as v from "valibot";
import { buildInteractive, InteractiveSchema } from "../../meta/payloads/interactive";
import { interactiveWords } from "../../meta/payloads/interactive-words";
import { defineTool } from "../define-tool";
import { parsePayload } from "../parse-payload";
import { QueuedMessageSchema } from "../queued-message-schema";
import { sendContent } from "../send-content";
import { sendEntries } from "../send-entries";

const TOOL = "send_interactive";
const text = v.optional(v.string());
// What is in it, the payload's own schema says.
const given = v.record(v.string(), v.unknown());

export const sendInteractive = defineTool({
  name: TOOL,
  title: "Send buttons, a list or a request",
  description:
    "Send up to 3 buttons [{id, title}], a list with a button and sections [{title, rows: [{id, title, description?}]}], a link (button, url) or a request.",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    ...sendEntries,
    type: v.picklist(["buttons", "list", "cta_url", "location_request", "contact_info_request"]),
    body: v.string(),
    header: v.optional(
      v.looseObject({
        type: v.picklist(["text", "image", "video", "document"]),
        text,
        url: text,
        media_id: text,
        filename: text,
      }),
    ),
    footer: text,
    button: text,
    url: text,
    buttons: v.optional(v.array(given)),
    sections: v.optional(v.array(given)),
  }),
  output: QueuedMessageSchema,
  run: (ctx, input) => {
    const { to: _, phone_number_id: _number, reply_to: _reply, idempotency_key: _key, ...rest } = input;
    const { expires_in_s: _expiry, ...content } = rest;
    const interactive = parsePayload(InteractiveSchema, content);
    return sendContent(ctx, TOOL, input, {
      type: "interactive",
      payload: buildInteractive(interactive),
      text: interactiveWords(interactive),
    });
  },
});
