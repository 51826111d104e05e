import * as v from "valibot";
import { TEMPLATE_CATEGORIES, TEMPLATE_QUALITIES, TEMPLATE_STATUSES } from "../templates/template";

const Text = v.pipe(v.string(), v.minLength(1));

/** A template to make or to change; the name and the language say which. */
export const TemplateSchema = v.strictObject({
  name: Text,
  language: Text,
  category: v.optional(v.picklist(TEMPLATE_CATEGORIES)),
  components: v.optional(v.array(v.looseObject({ type: Text }))),
  parameter_format: v.optional(v.picklist(["POSITIONAL", "NAMED"])),
  status: v.optional(v.picklist(TEMPLATE_STATUSES)),
  quality_score: v.optional(v.picklist(TEMPLATE_QUALITIES)),
  rejected_reason: v.optional(Text),
});

/** A template to make or to change. */
export type TemplateInput = v.InferInput<typeof TemplateSchema>;

/** What is different about a number now. */
export const NumberChangeSchema = v.strictObject({
  quality_rating: v.optional(v.picklist(["GREEN", "YELLOW", "RED", "UNKNOWN", "NA"])),
  status: v.optional(
    v.picklist([
      "CONNECTED",
      "DISCONNECTED",
      "PENDING",
      "FLAGGED",
      "RESTRICTED",
      "RATE_LIMITED",
      "BANNED",
      "MIGRATED",
      "DELETED",
      "UNVERIFIED",
    ]),
  ),
  messaging_limit_tier: v.optional(
    v.picklist(["TIER_50", "TIER_250", "TIER_1K", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"]),
  ),
  name_status: v.optional(
    v.picklist(["APPROVED", "AVAILABLE_WITHOUT_REVIEW", "DECLINED", "EXPIRED", "PENDING_REVIEW", "NONE"]),
  ),
  verified_name: v.optional(Text),
  code_verification_status: v.optional(v.picklist(["VERIFIED", "NOT_VERIFIED", "EXPIRED"])),
  account_mode: v.optional(v.picklist(["LIVE", "SANDBOX"])),
  throughput_level: v.optional(v.picklist(["STANDARD", "HIGH", "NOT_APPLICABLE"])),
  can_send_message: v.optional(v.picklist(["AVAILABLE", "LIMITED", "BLOCKED"])),
});

/** What is different about a number now. */
export type NumberChangeInput = v.InferInput<typeof NumberChangeSchema>;

/** A webhook about the account in Meta's envelope. */
export const AccountWebhookSchema = v.strictObject({ field: Text, value: v.record(v.string(), v.unknown()) });

/** A webhook about the account. */
export type AccountWebhookInput = v.InferInput<typeof AccountWebhookSchema>;

/** How far to put the clock forward. */
export const ClockSchema = v.strictObject({ advance_ms: v.pipe(v.number(), v.minValue(0)) });
