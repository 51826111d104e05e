import type { BusinessNumber } from "../core/business-number";
import type { World } from "../core/world";
import type { Contact } from "../phone/contact-book";
import { ControlError } from "./control-error";

/** The business number with this id, or the first one. */
export function findNumber(world: World, id: string | undefined): BusinessNumber {
  const [first] = world.numbers.values();
  const number = id === undefined ? first : world.numbers.get(id);
  if (number === undefined) throw new ControlError(404, "no such phone_number_id");
  return number;
}

/** The contact with this phone number or BSUID. */
export function findContact(world: World, person: string): Contact {
  const contact = world.contacts.find(person);
  if (contact === undefined) throw new ControlError(404, "no such contact");
  return contact;
}

/** The same; an unknown phone number gets a phone. */
export function findOrAddContact(world: World, person: string): Contact {
  const known = world.contacts.find(person);
  if (known === undefined && !/^\+?\d{7,17}$/.test(person)) throw new ControlError(404, "no such contact");
  return known ?? world.contacts.getOrAdd(person.replace(/\D/g, ""));
}
