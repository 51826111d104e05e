import type { World } from "../core/world";
import { announceStatus } from "../templates/announce-template";
import { describeTemplate } from "../templates/describe-template";
import { putTemplate, type TemplatePatch } from "../templates/put-template";
import type { Template } from "../templates/template";
import { TemplateDefinitionError } from "../templates/template-definition-error";
import { sendAccountWebhook } from "../webhooks/send-account-webhook";
import { AccountWebhookSchema, ClockSchema, NumberChangeSchema, TemplateSchema } from "./account-schemas";
import { changeNumber } from "./change-number";
import { ControlError } from "./control-error";
import type { TemplateState } from "./control-types";
import { describeNumberState } from "./describe-number-state";
import { findNumber } from "./find-party";
import { parseInput } from "./parse-input";
import type { SimulatorControl } from "./simulator-control";

/** The control methods that are about the account, its numbers and its templates. */
export type AccountControl = Pick<
  SimulatorControl,
  "putTemplate" | "listTemplates" | "removeTemplate" | "changeNumber" | "sendAccountWebhook" | "advanceClock"
>;

const FIELDS = [
  "name",
  "language",
  "status",
  "category",
  "parameter_format",
  "components",
  "quality_score",
  "rejected_reason",
];

/** What Meta's staff and machines do to an account. */
export function createAccountControl(world: World): AccountControl {
  const describe = (template: Template) => describeTemplate(template, FIELDS) as unknown as TemplateState;
  return {
    async putTemplate(input) {
      return describe(put(world, parseInput(TemplateSchema, input)));
    },
    listTemplates: async () => world.templates.list().map(describe),
    async removeTemplate(id) {
      const template = world.templates.findById(id);
      if (template === undefined) throw new ControlError(404, "no such template");
      world.templates.remove(id);
      announceStatus(world, template, "DELETED");
    },
    async changeNumber(id, input) {
      const number = findNumber(world, id);
      changeNumber(world, number, parseInput(NumberChangeSchema, input));
      world.bus.publish("number.changed", () => describeNumberState(number));
      return describeNumberState(number);
    },
    async sendAccountWebhook(input) {
      const { field, value } = parseInput(AccountWebhookSchema, input);
      sendAccountWebhook(world, field, value);
    },
    async advanceClock(advanceMs) {
      world.clock.advance(parseInput(ClockSchema, { advance_ms: advanceMs }).advance_ms);
      return { now: world.clock.now(), ahead_ms: world.clock.aheadMs };
    },
  };
}

function put(world: World, patch: TemplatePatch): Template {
  try {
    return putTemplate(world, patch);
  } catch (error) {
    if (error instanceof TemplateDefinitionError) throw new ControlError(400, error.message);
    throw error;
  }
}
