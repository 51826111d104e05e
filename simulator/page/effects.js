import { store } from "./store.js";

const EFFECTS = new Set(["reaction", "edit", "revoke"]);

/** True for a message that has no bubble of its own but changes another one. */
export function isEffect({ type, status }) {
  return EFFECTS.has(type) && status !== "failed";
}

/** Reads all reactions, edits and deletions of the open chat anew. */
export function readEffects() {
  store.effects = new Map();
  for (const message of store.messages.values()) if (isEffect(message)) applyEffect(message);
}

/**
 * Remembers what a message does to another one.
 * @param {any} message
 * @returns {string | undefined} the other one's wamid
 */
export function applyEffect({ type, author, content }) {
  const target = type === "reaction" ? content?.message_id : content?.original_message_id;
  if (typeof target !== "string") return undefined;
  const effects = store.effects.get(target) ?? { reactions: {} };
  if (type === "reaction") effects.reactions[author] = content.emoji ?? "";
  if (type === "revoke") effects.revoked = true;
  if (type === "edit")
    effects.text = content.message?.text?.body ?? content.message?.[content.message?.type]?.caption;
  store.effects.set(target, effects);
  return target;
}
