import * as v from "valibot";
import { grantedNumbers } from "../../auth/scopes";
import { listNumberStates, type NumberState } from "../../numbers/store";
import { defineTool } from "../define-tool";

export const listNumbers = defineTool({
  name: "list_numbers",
  title: "List numbers",
  description:
    "List this key's business numbers, their phone_number_id for other tools, and how Meta sees them.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  input: v.strictObject({}),
  output: v.object({
    numbers: v.array(
      // Besides, in Meta's words and codes, what it has told: the names speak for themselves.
      v.looseObject({
        phone_number_id: v.string(),
        display_number: v.string(),
        label: v.string(),
        visibility: v.picklist(["own", "all"]),
      }),
    ),
  }),
  run: async (ctx) => {
    const numbers = grantedNumbers(ctx.principal, "list_numbers");
    const ids = numbers.map((number) => number.phoneNumberId);
    const states = new Map((await ctx.read((tx) => listNumberStates(tx, ids))).map((one) => [one.id, one]));
    return {
      numbers: numbers.map((number) => {
        const state = states.get(number.phoneNumberId);
        const named = {
          phone_number_id: number.waPhoneNumberId,
          display_number: number.displayNumber,
          label: number.label,
          visibility: number.visibility,
        };
        return state ? Object.assign(named, viewState(state)) : named;
      }),
    };
  },
});

function viewState(state: NumberState): Record<string, string | number[]> {
  const told = {
    quality: state.quality,
    status: state.status,
    name_status: state.nameStatus,
    throughput: state.throughputLevel,
    messaging_limit: state.messagingLimitTier,
    can_send: state.health?.canSend,
    error_codes: state.health ? [...state.health.errorCodes] : undefined,
    checked_at: state.syncedAt?.toISOString(),
  };
  const pairs = Object.entries(told).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(pairs);
}
