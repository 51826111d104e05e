import type { BusinessNumber } from "../core/business-number";
import { countryCodeOf } from "../core/country-code";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";

/** A number with the fields asked for; `id` always comes along. Unknown fields are left out. */
export function describeNumber(world: World, number: BusinessNumber, fields: string[]): JsonObject {
  const { health } = number;
  const high = health.throughput_level === "HIGH" || world.settings.throughput_per_second > 80;
  const all: JsonObject = {
    display_phone_number: formatNumber(number.displayNumber),
    verified_name: number.verifiedName,
    quality_rating: health.quality_rating,
    // The score behind the rating, as the same edge also gives it.
    quality_score: { score: health.quality_rating },
    status: health.status,
    throughput: { level: high ? "HIGH" : health.throughput_level },
    whatsapp_business_manager_messaging_limit: health.messaging_limit_tier,
    messaging_limit_tier: health.messaging_limit_tier,
    name_status: health.name_status,
    code_verification_status: health.code_verification_status,
    platform_type: "CLOUD_API",
    account_mode: health.account_mode,
    is_official_business_account: false,
    health_status: describeHealth(world, number),
    webhook_configuration: { application: world.subscription.overrideUrl ?? world.settings.webhook_url },
  };
  const wanted = fields.map((field) => field.trim()).filter((field) => Object.hasOwn(all, field));
  return { ...Object.fromEntries(wanted.map((field) => [field, all[field]])), id: number.id };
}

/** Meta's traffic lights: the number's own, and those of what stands above it. */
function describeHealth({ wabaId, appId }: World, { id, health }: BusinessNumber): JsonObject {
  const own = health.can_send_message;
  const error = {
    error_code: own === "BLOCKED" ? 141000 : 141010,
    error_description: "The simulator was told that this number may not send freely",
    possible_solution: "Change the number's can_send_message through the control API",
  };
  return {
    can_send_message: own,
    entities: [
      {
        entity_type: "PHONE_NUMBER",
        id,
        can_send_message: own,
        ...(own === "AVAILABLE" ? {} : { errors: [error] }),
      },
      { entity_type: "WABA", id: wabaId, can_send_message: "AVAILABLE" },
      { entity_type: "APP", id: appId, can_send_message: "AVAILABLE" },
    ],
  };
}

function formatNumber(digits: string): string {
  const code = countryCodeOf(digits);
  const rest = digits.slice(code.length);
  return `+${code} ${rest.slice(0, 3)}-${rest.slice(3, 6)}-${rest.slice(6)}`;
}
