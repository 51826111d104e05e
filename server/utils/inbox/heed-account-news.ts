import type { EventName } from "#server/functions/events";
import type { SystemContext } from "../context";
import type { WebhookElement } from "../meta/webhook-elements";
import { insertOutboxEvent } from "../outbox/store";
import { stableId } from "../stable-id";
import type { InboxBody } from "./store";

/** Which event follows from what Meta tells about an account, by the field of the webhook. */
const EVENTS = new Map<string, EventName>([
  ["phone_number_quality_update", "wa/numbers.changed"],
  ["phone_number_name_update", "wa/numbers.changed"],
  ["account_update", "wa/numbers.changed"],
  ["account_alerts", "wa/numbers.changed"],
  ["business_capability_update", "wa/numbers.changed"],
  ["message_template_status_update", "wa/templates.changed"],
  ["message_template_quality_update", "wa/templates.changed"],
  ["message_template_components_update", "wa/templates.changed"],
  ["template_category_update", "wa/templates.changed"],
]);
// Meta's id of the account; anything else in its place is not passed on.
const ID = /^\d{1,32}$/;

/**
 * Has a function ask Meta how things are after a webhook said that they are another: what the webhook itself says is
 * incomplete, and may come late. Once per body and account, however often the body is handled and whatever it tells.
 */
export async function heedAccountNews(
  { database, clock, wakeRelay }: Pick<SystemContext, "database" | "clock" | "wakeRelay">,
  body: InboxBody,
  { field, wabaId }: WebhookElement,
): Promise<void> {
  const name = EVENTS.get(field ?? "");
  if (!name) return;
  const data = wabaId !== undefined && ID.test(wabaId) ? { waba_id: wabaId } : {};
  const id = stableId(body.receivedAt, body.id, data.waba_id ?? "", name);
  await insertOutboxEvent(database.system, { id, name, data, availableAt: clock.now() });
  wakeRelay();
}
