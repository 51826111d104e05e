import { asList, asObject, asText, type JsonObject } from "./json";

// A name and an address, a title and its description: one below the other.
const join = (...parts: (string | undefined)[]): string | undefined =>
  parts.filter((part) => part !== undefined).join("\n") || undefined;

const caption = (value: unknown): string | undefined => asText(asObject(value).caption);

/** Where each type keeps what a person wrote, said or chose (Meta, "Messages webhooks"). */
const READERS: Record<string, (value: unknown) => string | undefined> = {
  text: (text) => asText(asObject(text).body),
  image: caption,
  video: caption,
  document: caption,
  button: (button) => asText(asObject(button).text),
  interactive: readInteractive,
  location: (location) => join(asText(asObject(location).name), asText(asObject(location).address)),
  contacts: (cards) => join(...asList(cards).map(readCardName)),
  order: (order) => asText(asObject(order).text),
  system: (system) => asText(asObject(system).body),
};

/** The words in a message, for reading and search. An edit has those of the message as it is now. */
export function readMessageWords(message: JsonObject): string | undefined {
  // One level: an edit of an edit is none.
  return readWords(message.type === "edit" ? asObject(asObject(message.edit).message) : message);
}

function readWords(message: JsonObject): string | undefined {
  const type = asText(message.type) ?? "";
  return Object.hasOwn(READERS, type) ? READERS[type]?.(message[type]) : undefined;
}

function readInteractive(value: unknown): string | undefined {
  const interactive = asObject(value);
  const button = asObject(interactive.button_reply);
  const row = asObject(interactive.list_reply);
  return (
    asText(button.title) ??
    join(asText(row.title), asText(row.description)) ??
    asText(asObject(interactive.nfm_reply).body)
  );
}

function readCardName(card: unknown): string | undefined {
  const name = asObject(asObject(card).name);
  return asText(name.formatted_name) ?? asText(name.first_name) ?? asText(name.last_name);
}
