import * as v from "valibot";
import { buildLocation, LocationSchema } from "../../meta/payloads/location";
import { defineTool } from "../define-tool";
import { parsePayload } from "../parse-payload";
import { QueuedMessageSchema } from "../queued-message-schema";
import { sendContent } from "../send-content";
import { sendEntries } from "../send-entries";

const TOOL = "send_location";

export const sendLocation = defineTool({
  name: TOOL,
  title: "Send a location",
  description: "Send a place on the map.",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    ...sendEntries,
    latitude: v.number(),
    longitude: v.number(),
    name: v.optional(v.string()),
    address: v.optional(v.string()),
  }),
  output: QueuedMessageSchema,
  run: (ctx, input) => {
    const { latitude, longitude, name, address } = input;
    const payload = buildLocation(parsePayload(LocationSchema, { latitude, longitude, name, address }));
    const text = [name, address, `${latitude}, ${longitude}`].filter((part) => part !== undefined).join("\n");
    return sendContent(ctx, TOOL, input, { type: "location", payload, text });
  },
});
