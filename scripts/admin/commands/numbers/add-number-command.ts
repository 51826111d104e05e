import { addNumber } from "#server/utils/admin/numbers/add-number";
import { defineCommand } from "../../define-command";

/** `numbers add` */
export const addNumberCommand = defineCommand({
  description: "Make a business number known.",
  args: {
    waPhoneNumberId: { type: "positional", required: true, description: 'Meta\'s "Phone number ID".' },
    waba: {
      type: "text",
      hint: "id",
      required: true,
      description: 'Meta\'s "WhatsApp Business Account ID".',
    },
    display: { type: "text", hint: "number", required: true, description: "The number that people see." },
    label: { type: "text", hint: "text", required: true, description: "What agents know it by." },
    portfolio: {
      type: "text",
      hint: "id",
      description: "The business portfolio; the WABA when left out.",
    },
    "default-client": {
      type: "text",
      hint: "client",
      description: "Whom messages from people that nobody wrote to before belong to.",
    },
  },
  run: async ({ args, ctx }) => {
    const { waPhoneNumberId, waba: wabaId, portfolio: portfolioId, label } = args;
    const number = { waPhoneNumberId, wabaId, portfolioId, displayNumber: args.display, label };
    const id = await addNumber(ctx, { ...number, defaultClientId: args["default-client"] });
    return {
      json: { id, wa_phone_number_id: waPhoneNumberId },
      text: `Added number ${waPhoneNumberId} (${id}). "grants add" lets a client use it.`,
    };
  },
});
