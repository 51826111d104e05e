import type { NumberOptions } from "./simulator-options";

/** A business phone number. */
export interface BusinessNumber {
  id: string;
  /** Digits with the country code, as webhooks carry it. */
  displayNumber: string;
  verifiedName: string;
}

/** A business number from its start options. */
export function createBusinessNumber(options: NumberOptions): BusinessNumber {
  const displayNumber = options.display.replace(/\D/g, "");
  return { id: options.id, displayNumber, verifiedName: options.name ?? "Demo Business" };
}
