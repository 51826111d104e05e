import { listDeadLetters } from "#server/utils/admin/inbox/list-dead-letters";
import { isId } from "#server/utils/admin/is-id";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { readCount } from "../../read-count";
import { snakeKeys } from "../../snake-keys";
import { UsageError } from "../../usage-error";

const HEAD = ["id", "received", "elements", "why"];
const COUNT = 50;

/** `inbox list` */
export const listInboxCommand = defineCommand({
  description: "List the webhook bodies of which something could not be handled, the newest first.",
  args: {
    limit: { type: "text", hint: "n", description: `How many at most (${COUNT}).` },
    before: { type: "text", hint: "id", description: "Older than this one." },
  },
  run: async ({ args, ctx }) => {
    const limit = readCount("--limit", args.limit) ?? COUNT;
    const { before: beforeId } = args;
    if (beforeId !== undefined && !isId(beforeId)) throw new UsageError("--before must be an id.");
    const bodies = await listDeadLetters(ctx, { limit, beforeId });
    const rows = bodies.map(({ id, receivedAt, count, reasons }) => [
      id,
      receivedAt,
      count,
      reasons.map((one) => `${one.reason} (${one.count})`).join("; "),
    ]);
    return {
      json: bodies.map(snakeKeys),
      text: rows.length > 0 ? formatTable(HEAD, rows) : "Everything that Meta sent was handled.",
    };
  },
});
