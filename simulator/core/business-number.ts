import type { NumberOptions } from "./simulator-options";

/** How Meta rates a number and whether it may send (reference 5.2 and 6). */
export interface NumberHealth {
  quality_rating: string;
  status: string;
  messaging_limit_tier: string;
  name_status: string;
  code_verification_status: string;
  account_mode: string;
  throughput_level: string;
  can_send_message: "AVAILABLE" | "LIMITED" | "BLOCKED";
}

/** A business phone number. */
export interface BusinessNumber {
  id: string;
  /** Digits with the country code, as webhooks carry it. */
  displayNumber: string;
  verifiedName: string;
  /** The name it was started with. */
  readonly givenName: string;
  health: NumberHealth;
}

/** A business number from its start options, in the best of health. */
export function createBusinessNumber(options: NumberOptions): BusinessNumber {
  const givenName = options.name ?? "Demo Business";
  const displayNumber = options.display.replace(/\D/g, "");
  return { id: options.id, displayNumber, verifiedName: givenName, givenName, health: bestHealth() };
}

/** Makes a number what it was at the start. */
export function resetBusinessNumber(number: BusinessNumber): void {
  number.verifiedName = number.givenName;
  number.health = bestHealth();
}

function bestHealth(): NumberHealth {
  return {
    quality_rating: "GREEN",
    status: "CONNECTED",
    messaging_limit_tier: "TIER_2K",
    name_status: "APPROVED",
    code_verification_status: "VERIFIED",
    account_mode: "LIVE",
    throughput_level: "STANDARD",
    can_send_message: "AVAILABLE",
  };
}
