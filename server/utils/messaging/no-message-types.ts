/**
 * What arrives like a message and is none that a person would be answered on: it is about another message, or a setting. Meta is
 * not told that it was read. Meta names messages and calls of the person as what opens the 24-hour window; of these it is not
 * known, and a window that is thought open too long costs a refused message.
 */
export const NO_MESSAGE_TYPES: readonly string[] = [
  "reaction",
  "system",
  "request_welcome",
  "edit",
  "revoke",
  "user_preferences",
];
