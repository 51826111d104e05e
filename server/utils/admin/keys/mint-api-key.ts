import { checkScopes } from "../../auth/check-scopes";
import { AppError } from "../../errors";
import { catalogue } from "../../mcp/catalogue";
import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { selectGrants } from "../grants/store";
import { defaultScopes } from "./default-scopes";
import { issueKey, type IssuedKey } from "./issue-key";
import { performAction } from "../perform-action";
import { requireCap } from "../require-cap";

export interface MintApiKeyInput {
  /** By id or name. */
  readonly clientId: string;
  readonly label: string;
  /**
   * `tools:<name>` and `numbers:<Meta's id>`, for the owner also `tools:*` and `numbers:*`. All that the client may have,
   * when left out.
   */
  readonly scopes?: readonly string[] | undefined;
  readonly mode: "live" | "test";
  /** Calls a minute. */
  readonly rpmLimit?: number | undefined;
  /** Messages a day (UTC). */
  readonly dailyMsgLimit?: number | undefined;
  /** Never, when left out. */
  readonly expiresAt?: Date | undefined;
}

/**
 * Makes a key. The token is returned once and kept nowhere.
 *
 * @throws AppError `not_found`, `invalid_arguments` for scopes that the client may not have
 */
export async function mintApiKey(ctx: AdminContext, input: MintApiKeyInput): Promise<IssuedKey> {
  return performAction(ctx, "key.minted", async (tx, targets) => {
    const { id: clientId, isOwner } = await requireClient(tx, input.clientId);
    targets.clientId = clientId;
    requireTerms(input, ctx.clock.now());
    const grants = await selectGrants(tx, clientId);
    const rules = {
      isOwner,
      toolNames: catalogue.names(),
      waPhoneNumberIds: grants.map((grant) => grant.waPhoneNumberId),
    };
    const scopes = input.scopes ?? defaultScopes(rules);
    checkScopes(scopes, rules);
    const key = await issueKey(tx, ctx, { ...input, clientId, scopes });
    targets.apiKeyId = key.id;
    return key;
  });
}

function requireTerms({ label, rpmLimit, dailyMsgLimit, expiresAt }: MintApiKeyInput, now: Date): void {
  if (label.trim() === "") {
    throw new AppError("invalid_arguments", "A key needs a label.", {
      advice: "Say what it is for: --label laptop.",
    });
  }
  requireCap("The calls a minute", rpmLimit, 1);
  requireCap("The messages a day", dailyMsgLimit);
  if (expiresAt && expiresAt <= now)
    throw new AppError("invalid_arguments", "A key must expire in the future.");
}
