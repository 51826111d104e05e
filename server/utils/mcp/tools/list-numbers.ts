import * as v from "valibot";
import { grantedNumbers } from "../../auth/scopes";
import { defineTool } from "../define-tool";

export const listNumbers = defineTool({
  name: "list_numbers",
  title: "List numbers",
  description:
    "List the business numbers that this key may use. Their phone_number_id goes into the other tools.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  input: v.strictObject({}),
  output: v.object({
    numbers: v.array(
      v.object({
        phone_number_id: v.string(),
        display_number: v.string(),
        label: v.string(),
        quality: v.nullable(v.string()),
        visibility: v.picklist(["own", "all"]),
      }),
    ),
  }),
  run: async (ctx) => ({
    numbers: grantedNumbers(ctx.principal, "list_numbers").map((number) => ({
      phone_number_id: number.waPhoneNumberId,
      display_number: number.displayNumber,
      label: number.label,
      quality: number.quality,
      visibility: number.visibility,
    })),
  }),
});
