import type { BusinessNumber } from "../core/business-number";
import { countryCodeOf } from "../core/country-code";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";

/** A number with the fields asked for; `id` always comes along. Unknown fields are left out. */
export function describeNumber(world: World, number: BusinessNumber, fields: string[]): JsonObject {
  const all: JsonObject = {
    display_phone_number: formatNumber(number.displayNumber),
    verified_name: number.verifiedName,
    quality_rating: "GREEN",
    status: "CONNECTED",
    throughput: { level: world.settings.throughput_per_second > 80 ? "HIGH" : "STANDARD" },
    whatsapp_business_manager_messaging_limit: "TIER_2K",
    messaging_limit_tier: "TIER_2K",
    name_status: "APPROVED",
    code_verification_status: "VERIFIED",
    platform_type: "CLOUD_API",
    account_mode: "LIVE",
    is_official_business_account: false,
    health_status: {
      can_send_message: "AVAILABLE",
      entities: [{ entity_type: "PHONE_NUMBER", id: number.id, can_send_message: "AVAILABLE" }],
    },
    webhook_configuration: { application: world.subscription.overrideUrl ?? world.settings.webhook_url },
  };
  const wanted = fields.map((field) => field.trim()).filter((field) => Object.hasOwn(all, field));
  return { ...Object.fromEntries(wanted.map((field) => [field, all[field]])), id: number.id };
}

function formatNumber(digits: string): string {
  const code = countryCodeOf(digits);
  const rest = digits.slice(code.length);
  return `+${code} ${rest.slice(0, 3)}-${rest.slice(3, 6)}-${rest.slice(6)}`;
}
