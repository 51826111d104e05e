import * as v from "valibot";
import { buildContacts, ContactsSchema } from "../../meta/payloads/contacts";
import { defineTool } from "../define-tool";
import { parsePayload } from "../parse-payload";
import { QueuedMessageSchema } from "../queued-message-schema";
import { sendContent } from "../send-content";
import { sendEntries } from "../send-entries";

const TOOL = "send_contacts";

export const sendContacts = defineTool({
  name: TOOL,
  title: "Send contact cards",
  description:
    "Send contact cards as Meta has them: {name: {formatted_name, ...}, phones?: [{phone, wa_id?}], emails?, ...}.",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    ...sendEntries,
    contacts: v.array(v.record(v.string(), v.unknown())),
  }),
  output: QueuedMessageSchema,
  run: (ctx, input) => {
    const { contacts } = parsePayload(ContactsSchema, { contacts: input.contacts });
    const text = contacts.map(({ name }) => name.formatted_name).join("\n");
    // The one type whose content is a list.
    const payload = buildContacts({ contacts }) as unknown as Record<string, unknown>;
    return sendContent(ctx, TOOL, input, { type: "contacts", payload, text });
  },
});
