import type { GraphReading } from "#server/utils/meta/read-graph";
import type { TokenInspection } from "#server/utils/meta/inspect-token";

/** A number that may be used, by Meta's ids. */
export interface KnownNumber {
  readonly waPhoneNumberId: string;
  readonly wabaId: string;
}

/** What Meta says, each asked once, however many checks want to know it. */
export interface GraphFacts {
  token(): Promise<TokenInspection>;
  /** The numbers of the database that are not disabled. */
  numbers(): Promise<readonly KnownNumber[]>;
  describeNumber(waPhoneNumberId: string): Promise<GraphReading>;
  listSubscribedApps(wabaId: string): Promise<GraphReading>;
}
