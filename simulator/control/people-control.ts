import type { World } from "../core/world";
import { describeMessage } from "../phone/describe-message";
import { receiveFromPerson } from "../phone/receive-from-person";
import {
  ChatSchema,
  type ContactInput,
  ContactSchema,
  type PersonMessageInput,
  PersonMessageSchema,
  ReadSchema,
  WindowSchema,
} from "./control-schemas";
import type { ContactState } from "./control-types";
import { describeContact } from "./describe-contact";
import { findContact, findNumber, findOrAddContact } from "./find-party";
import { parseInput } from "./parse-input";
import { reportArrivals } from "./report-arrivals";
import type { SimulatorControl } from "./simulator-control";

/** The control methods that are about people, their phones and what is on them. */
export type PeopleControl = Pick<
  SimulatorControl,
  | "putContact"
  | "listContacts"
  | "sendFromPerson"
  | "listMessages"
  | "setChatOpen"
  | "markRead"
  | "setWindow"
  | "arrivals"
>;

/** What a person can do, and what arrived on the phones. */
export function createPeopleControl(world: World): PeopleControl {
  return {
    putContact: async (input) => putContact(world, input),
    async listContacts() {
      return world.contacts.list().map((contact) => describeContact(world, contact));
    },
    sendFromPerson: async (person, input) => sendFromPerson(world, person, input),
    async listMessages(person, phoneNumberId) {
      const { id } = findNumber(world, phoneNumberId);
      return world.chats
        .thread(id, findContact(world, person).waId)
        .map((message) => describeMessage(message));
    },
    async setChatOpen(person, open, phoneNumberId) {
      const input = parseInput(ChatSchema, { open, phone_number_id: phoneNumberId });
      const contact = findContact(world, person);
      const { id } = findNumber(world, input.phone_number_id);
      if (input.open) contact.openChats.add(id);
      else contact.openChats.delete(id);
      if (input.open) readThread(world, id, contact.waId);
      world.bus.publish("chat.changed", () => ({ wa_id: contact.waId, phone_number_id: id, open }));
    },
    async markRead(person, input = {}) {
      const options = parseInput(ReadSchema, input);
      const { id } = findNumber(world, options.phone_number_id);
      readThread(world, id, findContact(world, person).waId, options.wamid);
    },
    async setWindow(person, open, phoneNumberId) {
      const input = parseInput(WindowSchema, { open, phone_number_id: phoneNumberId });
      const { id } = findNumber(world, input.phone_number_id);
      const { waId } = world.contacts.find(person) ?? world.contacts.getOrAdd(person.replace(/\D/g, ""));
      if (input.open) world.windows.open(id, waId);
      else world.windows.close(id, waId);
      return { closes_at: world.windows.closesAt(id, waId) ?? null };
    },
    arrivals: async (filter = {}) => reportArrivals(world, filter),
  };
}

function putContact(world: World, input: ContactInput): ContactState {
  const contact = parseInput(ContactSchema, input);
  const changed = world.contacts.put(contact.wa_id, {
    name: contact.name,
    userId: contact.user_id,
    username: contact.username,
    phoneHidden: contact.phone_hidden,
    registered: contact.registered,
    failCode: contact.fail_code,
    aliases: contact.aliases,
  });
  world.bus.publish("contact.changed", () => ({ wa_id: changed.waId }));
  return describeContact(world, changed);
}

function sendFromPerson(world: World, person: string, input: PersonMessageInput): { wamid: string } {
  const { phone_number_id: numberId, ...message } = parseInput(PersonMessageSchema, input);
  const number = findNumber(world, numberId);
  const sent = receiveFromPerson(world, number, findOrAddContact(world, person), message);
  return { wamid: sent.wamid };
}

function readThread(world: World, phoneNumberId: string, waId: string, wamid?: string): void {
  for (const message of world.chats.thread(phoneNumberId, waId)) {
    if (wamid === undefined || message.wamid === wamid) world.ladder.read(message);
  }
}
