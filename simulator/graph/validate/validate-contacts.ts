import type { JsonObject } from "../../core/json-object";
import { asObject, invalid, optionalText, requireList, requireObject, requireText } from "./checks";

const NAME_PARTS = ["first_name", "last_name", "middle_name", "prefix", "suffix"];
const NAME_LIMIT = 1024;

/** The members that are lists of objects, with the strings in them. */
const LISTS: Record<string, string[]> = {
  phones: ["phone", "type", "wa_id"],
  emails: ["email", "type"],
  urls: ["url", "type"],
  addresses: ["street", "city", "state", "zip", "country", "country_code", "type"],
};

/** `contacts`: 1 to 257 cards, each with a formatted name and one more part of the name. */
export function validateContacts(body: JsonObject): void {
  for (const item of requireList(body, "contacts", "contacts", 1, 257))
    validateCard(asObject(item, "contact"));
}

function validateCard(card: JsonObject): void {
  const name = requireObject(card, "name", "contacts.name");
  requireText(name, "formatted_name", "contacts.name.formatted_name", NAME_LIMIT);
  const parts = NAME_PARTS.map((part) => optionalText(name, part, `contacts.name.${part}`, NAME_LIMIT) ?? "");
  if (parts.every((part) => part === "")) throw invalid("contacts.name needs one part beside formatted_name");
  for (const [list, members] of Object.entries(LISTS)) {
    if (card[list] === undefined) continue;
    for (const entry of requireList(card, list, `contacts.${list}`, 0, 100)) {
      for (const member of members)
        optionalText(asObject(entry, list), member, `contacts.${list}.${member}`, 2048);
    }
  }
  if (card.org !== undefined) {
    const org = requireObject(card, "org", "contacts.org");
    for (const member of ["company", "department", "title"])
      optionalText(org, member, `contacts.org.${member}`, 1024);
  }
  const birthday = optionalText(card, "birthday", "contacts.birthday", 10);
  if (birthday !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(birthday)) {
    throw invalid("contacts.birthday must be YYYY-MM-DD");
  }
}
