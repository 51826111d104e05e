import { exportAudit } from "#server/utils/admin/audit/export-audit";
import { AppError } from "#server/utils/errors";
import { defineCommand } from "../../define-command";
import { readTime } from "../../read-time";
import { snakeKeys } from "../../snake-keys";
import { writeText } from "../../write-text";

/** `audit export` */
export const exportAuditCommand = defineCommand({
  description: "Write the record to stdout, oldest first: one JSON object per line, with every column.",
  args: {
    since: {
      type: "text",
      hint: "time",
      description: "A day or an ISO 8601 time; from the beginning when left out.",
    },
    until: { type: "text", hint: "time", description: "Up to here, and without it." },
    client: { type: "text", hint: "client", description: "Of this client, by name or id." },
  },
  run: async ({ args, ctx, io }) => {
    const since = readTime("--since", args.since);
    const until = readTime("--until", args.until);
    for await (const page of exportAudit(ctx, { client: args.client, since, until })) {
      await writeText(io.stdout, page.map((row) => `${JSON.stringify(snakeKeys(row))}\n`).join(""));
      if (io.signal.aborted) throw stopped();
    }
    return undefined;
  },
});

// A part of the record must not pass for the whole.
function stopped(): AppError {
  return new AppError("unavailable", "The export was stopped before its end.", {
    advice: "Run it again for the whole record.",
  });
}
