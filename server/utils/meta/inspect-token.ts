import { asList, asObject, asText } from "./json";
import { readGraph, type GraphAddress, type GraphReading } from "./read-graph";

/** What Meta says of an access token (Graph API, `debug_token`). */
export interface TokenReport {
  readonly isValid: boolean;
  readonly appId: string | undefined;
  readonly scopes: readonly string[];
  /** The accounts that it is good for, by scope; a scope that is not here is good for all that its owner sees. */
  readonly wabaIds: Readonly<Record<string, readonly string[]>>;
  /** Undefined when it never expires. */
  readonly expiresAt: Date | undefined;
  readonly dataAccessExpiresAt: Date | undefined;
  /** When Meta said so, by its own clock. */
  readonly date: Date | undefined;
}

/** A report, or why there is none. */
export type TokenInspection =
  | { readonly kind: "inspected"; readonly report: TokenReport }
  | Exclude<GraphReading, { readonly kind: "answered" }>;

/**
 * Asks Meta about an access token, with the token itself unless another is given: `<app id>|<app secret>` proves the secret too.
 * Never throws.
 */
export async function inspectToken(
  address: GraphAddress,
  accessToken: string,
  askingToken: string = accessToken,
): Promise<TokenInspection> {
  const answer = await readGraph(address, "debug_token", { input_token: accessToken }, askingToken);
  if (answer.kind !== "answered") return answer;
  const data = asObject(answer.body.data);
  const granular = asList(data.granular_scopes).map(asObject);
  return {
    kind: "inspected",
    report: {
      isValid: data.is_valid === true,
      appId: asText(data.app_id),
      scopes: readTexts(data.scopes),
      wabaIds: Object.fromEntries(
        granular
          .filter((item) => Array.isArray(item.target_ids))
          .map((item) => [asText(item.scope) ?? "", readTexts(item.target_ids)]),
      ),
      expiresAt: readTime(data.expires_at),
      dataAccessExpiresAt: readTime(data.data_access_expires_at),
      date: answer.date,
    },
  };
}

function readTexts(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).flatMap((item: unknown) => asText(item) ?? []);
}

// Seconds; 0 is "never".
function readTime(value: unknown): Date | undefined {
  const seconds = Number(asText(value) ?? 0);
  return seconds > 0 ? new Date(seconds * 1000) : undefined;
}
