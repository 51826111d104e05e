import { listNumbers, type NumberView } from "#server/utils/admin/numbers/list-numbers";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { snakeKeys } from "../../snake-keys";

const HEAD = ["number", "display", "label", "state", "quality", "default client", "last webhook", "id"];

/** `numbers list` */
export const listNumbersCommand = defineCommand({
  description: "List the numbers, and which of them are paused or disabled.",
  args: {},
  run: async ({ ctx }) => {
    const numbers = await listNumbers(ctx);
    const rows = numbers.map((number) => [
      number.waPhoneNumberId,
      number.displayNumber,
      number.label,
      describeState(number),
      number.quality,
      number.defaultClient,
      number.lastWebhookAt,
      number.id,
    ]);
    return {
      json: numbers.map(snakeKeys),
      text:
        rows.length > 0 ? formatTable(HEAD, rows) : 'There is no number yet. "numbers add" makes one known.',
    };
  },
});

function describeState({ disabledAt, pausedAt, pauseCode }: NumberView): string {
  if (disabledAt) return "disabled";
  if (!pausedAt) return "enabled";
  return pauseCode === null ? "paused" : `paused (Meta's error ${pauseCode})`;
}
