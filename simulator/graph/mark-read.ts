import type { BusinessNumber } from "../core/business-number";
import { isJsonObject, type JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { isFurther } from "../phone/phone-message";
import { publishStatus } from "../phone/publish-status";
import { GraphError } from "./graph-error";
import { invalid, requireText } from "./validate/checks";
import { requireWhatsApp } from "./validate/validate-envelope";

/** The business has read a person's message (and with it all earlier ones), and may show that it is typing. */
export function markRead(world: World, number: BusinessNumber, body: JsonObject): JsonObject {
  requireWhatsApp(body);
  const wamid = requireText(body, "message_id", "message_id", 512);
  const message = world.chats.find(number.id, wamid);
  if (message === undefined || message.author !== "person") {
    throw new GraphError(131009, { details: "There is no message with this id from a person" });
  }
  const typing = body.typing_indicator;
  if (typing !== undefined && (!isJsonObject(typing) || typing.type !== "text")) {
    throw invalid("typing_indicator.type must be text");
  }
  const at = world.clock.now();
  for (const earlier of world.chats.thread(number.id, message.waId)) {
    if (earlier.author !== "person" || earlier.seq > message.seq || !isFurther("read", earlier.status))
      continue;
    earlier.status = "read";
    earlier.history.read = at;
    publishStatus(world.bus, earlier, "read");
  }
  if (typing !== undefined) {
    world.bus.publish("typing", () => ({ phone_number_id: number.id, wa_id: message.waId, at }));
  }
  return { success: true };
}
