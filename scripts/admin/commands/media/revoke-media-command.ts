import { revokeMediaUrls } from "#server/utils/admin/media/revoke-media-urls";
import { defineCommand } from "../../define-command";

/** `media revoke` */
export const revokeMediaCommand = defineCommand({
  description: "Void every link to a file that was made until now.",
  args: { id: { type: "positional", required: true, description: "Its media id." } },
  run: async ({ args, ctx }) => {
    await revokeMediaUrls(ctx, args.id);
    return { json: { id: args.id }, text: "Its links lead nowhere any more. New ones can be made." };
  },
});
