import { scanKeys } from "#server/utils/admin/keys/scan-keys";
import type { AdminIo } from "../../admin-io";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { snakeKeys } from "../../snake-keys";
import { UsageError } from "../../usage-error";

const MOST_BYTES = 256 * 1024 * 1024;

/** `keys scan` */
export const scanKeysCommand = defineCommand({
  description: "Find keys in a text on stdin, and say whether they are ours and still work.",
  args: {},
  run: async ({ ctx, io }) => {
    const found = await scanKeys(ctx, await readAll(io));
    const rows = found.map(({ prefix, state, key }) => [prefix, state, key?.client, key?.label, key?.id]);
    return {
      json: found.map(({ prefix, state, key }) => ({ prefix, state, key: key ? snakeKeys(key) : null })),
      text:
        rows.length > 0
          ? formatTable(["prefix", "state", "client", "label", "id"], rows)
          : "There is no key in this text.",
    };
  },
});

async function readAll({ stdin, stderr }: AdminIo): Promise<string> {
  if (stdin.isTTY) stderr.write("Paste the text, then press Ctrl+D.\n");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const part = Buffer.from(chunk as string | Uint8Array);
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new UsageError("The text is longer than 256 MB; scan it in parts.");
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
}
