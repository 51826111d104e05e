import { tailAudit } from "#server/utils/admin/audit/tail-audit";
import { defineCommand } from "../../define-command";
import { formatAuditRow } from "../../format-audit-row";
import { readCount } from "../../read-count";
import { snakeKeys } from "../../snake-keys";
import { writeText } from "../../write-text";

const COUNT = 20;

/** `audit tail` */
export const tailAuditCommand = defineCommand({
  description: "Show the newest lines of the record. With --json: one JSON object per line.",
  args: {
    lines: { type: "text", alias: "n", hint: "n", description: `How many (${COUNT}).` },
    follow: { type: "flag", description: "Go on with each new line, until Ctrl+C." },
    client: { type: "text", hint: "client", description: "Of this client, by name or id." },
  },
  run: async ({ args, ctx, io }) => {
    const count = readCount("--lines", args.lines) ?? COUNT;
    const { client } = args;
    const pages = tailAudit(ctx, { client, count, ...(args.follow && { follow: io.signal }) });
    const format = args.json ? (row: object) => JSON.stringify(snakeKeys(row)) : formatAuditRow;
    for await (const page of pages)
      await writeText(io.stdout, page.map((row) => `${format(row)}\n`).join(""));
    return undefined;
  },
});
