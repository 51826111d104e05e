/** The arguments that name a grant. */
export const grantName = {
  client: { type: "positional", required: true, description: "The client's name or id." },
  number: { type: "positional", required: true, description: "The number, by Meta's id or ours." },
} as const;
