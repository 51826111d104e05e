import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { sendAccountWebhook } from "../webhooks/send-account-webhook";
import { buttonsOf, componentOf } from "./component-parts";
import type { Template, TemplateStatus } from "./template";

/** Tells the business about a template's new status (reference 3.8). */
export function announceStatus(world: World, template: Template, event: TemplateStatus | "DELETED"): void {
  sendAccountWebhook(world, "message_template_status_update", {
    event,
    ...subject(template),
    reason: template.rejectedReason,
    message_template_category: template.category,
    ...detailsOf(event, world.clock.now()),
  });
}

/** Tells the business what is different about a template now. */
export function announceChanges(world: World, before: Template, after: Template): void {
  if (before.status !== after.status) announceStatus(world, after, after.status);
  if (before.quality !== after.quality) {
    sendAccountWebhook(world, "message_template_quality_update", {
      previous_quality_score: before.quality,
      new_quality_score: after.quality,
      ...subject(after),
    });
  }
  if (before.category !== after.category) {
    sendAccountWebhook(world, "template_category_update", {
      ...subject(after),
      previous_category: before.category,
      new_category: after.category,
    });
  }
  if (JSON.stringify(before.components) !== JSON.stringify(after.components)) {
    sendAccountWebhook(world, "message_template_components_update", {
      ...subject(after),
      ...elements(after),
    });
  }
}

function subject({ id, name, language }: Template): JsonObject {
  return {
    message_template_id: Number(id),
    message_template_name: name,
    message_template_language: language,
  };
}

function detailsOf(event: string, now: number): JsonObject {
  if (event === "DISABLED") return { disable_info: { disable_date: Math.floor(now / 1000) } };
  if (event !== "PAUSED") return {};
  return {
    other_info: { title: "FIRST_PAUSE", description: "Paused for three hours because of its quality" },
  };
}

function elements(template: Template): JsonObject {
  const text = (type: string) => componentOf(template, type)?.text;
  const buttons = buttonsOf(template).map((button) => ({
    message_template_button_type: button.type,
    message_template_button_text: button.text,
    message_template_button_url: button.url,
    message_template_button_phone_number: button.phone_number,
  }));
  return {
    message_template_element: text("BODY"),
    message_template_title: text("HEADER"),
    message_template_footer: text("FOOTER"),
    ...(buttons.length === 0 ? {} : { message_template_buttons: buttons }),
  };
}
