import { AppError } from "../../errors";
import { voidUrls } from "../../media/signed/store";
import type { AdminContext } from "../admin-context";
import { isId } from "../is-id";
import { performAction } from "../perform-action";

/**
 * Voids every signed address of a file that was made until now.
 *
 * @throws AppError `not_found`
 */
export async function revokeMediaUrls(ctx: AdminContext, mediaId: string): Promise<void> {
  await performAction(ctx, "media.urls_revoked", async (tx, targets) => {
    if (!isId(mediaId) || !(await voidUrls(tx, mediaId, ctx.clock.now()))) {
      throw new AppError("not_found", "There is no file with this id.", {
        advice: "get_messages shows the id of a message's file as media.id.",
      });
    }
    targets.detail = { media_id: mediaId };
  });
}
