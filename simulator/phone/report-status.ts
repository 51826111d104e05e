import type { World } from "../core/world";
import type { MessageStatus, PhoneMessage } from "./phone-message";
import { publishStatus } from "./publish-status";
import { statusValue } from "./status-value";

/** Sends the webhook for a status a business's message has just reached, and tells the page. */
export function reportStatus(
  world: World,
  message: PhoneMessage,
  status: MessageStatus,
  answered?: () => void,
): void {
  const number = world.numbers.get(message.phoneNumberId);
  const contact = world.contacts.findByPhone(message.waId);
  if (number === undefined || contact === undefined) return;
  publishStatus(world.bus, message, status);
  world.webhooks.send({
    about: "statuses",
    phoneNumberId: message.phoneNumberId,
    waId: message.waId,
    wamid: message.wamid,
    status,
    field: "messages",
    value: statusValue(number, contact, message, status, world.settings),
    ...(answered === undefined ? {} : { done: () => answered() }),
  });
}
