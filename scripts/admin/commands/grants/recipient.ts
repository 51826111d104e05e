/** The argument that names a person. */
export const recipient = {
  type: "positional",
  required: true,
  description: "A phone number with its country code, a wa_id, a BSUID or a contact id.",
} as const;
