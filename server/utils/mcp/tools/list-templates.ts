import * as v from "valibot";
import { requireNumber } from "../../auth/scopes";
import { pageTemplates } from "../../messaging/templates/page-templates";
import { defineTool } from "../define-tool";
import { fields } from "../fields";
import { textUpTo } from "../text-up-to";

const TOOL = "list_templates";

export const listTemplates = defineTool({
  name: TOOL,
  title: "List templates",
  description:
    "List a number's message templates: name, language, status, and the params that send_template must give.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  input: v.strictObject({
    phone_number_id: fields.onNumber,
    name: v.optional(textUpTo(512)),
    language: v.optional(textUpTo(16)),
    status: v.optional(textUpTo(32)),
    cursor: fields.pageCursor,
  }),
  output: v.object({
    templates: v.array(v.record(v.string(), v.unknown())),
    next_cursor: v.nullable(v.string()),
  }),
  run: async (ctx, { phone_number_id, cursor, ...filter }) => {
    const number = requireNumber(ctx.principal, TOOL, phone_number_id);
    ctx.targets.phoneNumberId = number.phoneNumberId;
    return ctx.read((tx) => pageTemplates(tx, number.phoneNumberId, filter, cursor));
  },
});
