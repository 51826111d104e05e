import type { JsonObject } from "../core/json-object";

/** What Meta thinks of a template. Only an approved one may be sent. */
export const TEMPLATE_STATUSES = [
  "APPROVED",
  "PENDING",
  "REJECTED",
  "PAUSED",
  "DISABLED",
  "FLAGGED",
  "IN_APPEAL",
  "LIMIT_EXCEEDED",
  "LOCKED",
  "ARCHIVED",
  "PENDING_DELETION",
] as const;

export const TEMPLATE_CATEGORIES = ["MARKETING", "UTILITY", "AUTHENTICATION"] as const;
export const TEMPLATE_QUALITIES = ["GREEN", "YELLOW", "RED", "UNKNOWN"] as const;

export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];
export type TemplateCategory = (typeof TEMPLATE_CATEGORIES)[number];
export type TemplateQuality = (typeof TEMPLATE_QUALITIES)[number];

/** A message template of the account in one language. */
export interface Template {
  /** Digits that fit a JSON number: Meta's webhooks carry it as one. */
  id: string;
  name: string;
  language: string;
  category: TemplateCategory;
  previousCategory?: TemplateCategory;
  status: TemplateStatus;
  parameterFormat: "POSITIONAL" | "NAMED";
  components: JsonObject[];
  quality: TemplateQuality;
  qualityAt: number;
  rejectedReason: string;
}
