import type { BusinessNumber, NumberHealth } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { sendAccountWebhook } from "../webhooks/send-account-webhook";
import type { NumberChangeInput } from "./account-schemas";

const TIERS: Record<string, number> = {
  TIER_50: 50,
  TIER_250: 250,
  TIER_1K: 1000,
  TIER_2K: 2000,
  TIER_10K: 10_000,
  TIER_100K: 100_000,
  // Meta's number for "no limit".
  TIER_UNLIMITED: -1,
};
const RESTRICTION_MS = 7 * 24 * 3600 * 1000;

/** Changes how Meta rates a number, and sends the webhooks that go with it (reference 3.8). */
export function changeNumber(world: World, number: BusinessNumber, change: NumberChangeInput): void {
  const { verified_name: name, ...health } = change;
  const before = number.health;
  const given = Object.entries(health).filter(([, value]) => value !== undefined);
  number.health = { ...before, ...(Object.fromEntries(given) as Partial<NumberHealth>) };
  const oldName = number.verifiedName;
  if (name !== undefined) number.verifiedName = name;
  const after = number.health;
  const send = (field: string, value: JsonObject) => sendAccountWebhook(world, field, value);
  const quality = (event: string) =>
    send("phone_number_quality_update", {
      display_phone_number: number.displayNumber,
      event,
      max_daily_conversations_per_business: after.messaging_limit_tier,
    });
  for (const event of qualityEvents(before, after)) quality(event);
  if (before.messaging_limit_tier !== after.messaging_limit_tier) {
    send("business_capability_update", {
      max_daily_conversations_per_business: TIERS[after.messaging_limit_tier],
      max_phone_numbers_per_business: 20,
    });
  }
  if (before.name_status !== after.name_status || oldName !== number.verifiedName) {
    send("phone_number_name_update", describeName(number));
  }
  const update = before.status === after.status ? undefined : describeStatus(world, number, before.status);
  if (update !== undefined) send("account_update", update);
}

function qualityEvents(before: NumberHealth, after: NumberHealth): string[] {
  const bad = ({ quality_rating: rating, status }: NumberHealth) => rating === "RED" || status === "FLAGGED";
  const rank = ({ messaging_limit_tier: tier }: NumberHealth) => Object.keys(TIERS).indexOf(tier);
  const events: string[] = [];
  if (bad(before) !== bad(after)) events.push(bad(after) ? "FLAGGED" : "UNFLAGGED");
  if (rank(before) !== rank(after)) events.push(rank(after) > rank(before) ? "UPGRADE" : "DOWNGRADE");
  if (before.throughput_level !== "HIGH" && after.throughput_level === "HIGH")
    events.push("THROUGHPUT_UPGRADE");
  return events;
}

function describeName({ displayNumber, verifiedName, health }: BusinessNumber): JsonObject {
  const decision = health.name_status === "DECLINED" ? "REJECTED" : health.name_status;
  return {
    display_phone_number: displayNumber,
    decision,
    requested_verified_name: verifiedName,
    rejection_reason: decision === "REJECTED" ? "NAME_NOT_ALLOWED" : null,
  };
}

function describeStatus(
  world: World,
  { displayNumber, health }: BusinessNumber,
  before: string,
): JsonObject | undefined {
  const now = world.clock.now();
  const ban = (state: string) => ({
    phone_number: displayNumber,
    event: "DISABLED_UPDATE",
    ban_info: { waba_ban_state: state, waba_ban_date: new Date(now).toISOString().slice(0, 10) },
  });
  if (health.status === "BANNED") return ban("DISABLE");
  if (before === "BANNED") return ban("REINSTATE");
  if (health.status !== "RESTRICTED") return undefined;
  const expiration = Math.floor((now + RESTRICTION_MS) / 1000);
  return {
    phone_number: displayNumber,
    event: "ACCOUNT_RESTRICTION",
    restriction_info: [{ restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration }],
  };
}
