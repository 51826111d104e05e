import { createUserId } from "../core/ids";

/** A person with a phone. */
export interface Contact {
  /** Digits with country code. */
  waId: string;
  name: string;
  /** Business-scoped user id. */
  userId: string;
  username?: string;
  /** The person has a username and hides the number from businesses. */
  phoneHidden: boolean;
  /** False: not on WhatsApp; messages fail with 131026. */
  registered: boolean;
  /** Messages are accepted, then fail with this code. */
  failCode?: number;
  /** Other spellings that reach this person (Argentina's 9, Mexico's 1, Brazil's ninth digit). */
  aliases: string[];
  /** Business numbers whose chat is on the screen now. */
  openChats: Set<string>;
}

/** What may be said about a contact when it is added or changed. */
export interface ContactPatch {
  name?: string | undefined;
  userId?: string | undefined;
  username?: string | undefined;
  phoneHidden?: boolean | undefined;
  registered?: boolean | undefined;
  failCode?: number | null | undefined;
  aliases?: string[] | undefined;
}

/** Everybody who has a phone, found by number, alias or BSUID. */
export class ContactBook {
  readonly #byWaId = new Map<string, Contact>();
  readonly #byAlias = new Map<string, Contact>();
  readonly #byUserId = new Map<string, Contact>();

  /** The contact with this phone number or alias (digits). */
  findByPhone(digits: string): Contact | undefined {
    return this.#byWaId.get(digits) ?? this.#byAlias.get(digits);
  }

  /** The contact with this BSUID. */
  findByUserId(userId: string): Contact | undefined {
    return this.#byUserId.get(userId);
  }

  /** The contact with this number, alias or BSUID. */
  find(id: string): Contact | undefined {
    return this.#byUserId.get(id) ?? this.findByPhone(id.replace(/\D/g, ""));
  }

  /** The contact with this phone number; a stranger gets a phone at once. */
  getOrAdd(digits: string): Contact {
    return this.findByPhone(digits) ?? this.put(digits, {});
  }

  /** Adds a contact or changes one. */
  put(waId: string, patch: ContactPatch): Contact {
    const contact = this.#byWaId.get(waId) ?? newContact(waId, patch.userId);
    if (patch.name !== undefined) contact.name = patch.name;
    if (patch.username !== undefined) contact.username = patch.username;
    if (patch.phoneHidden !== undefined) contact.phoneHidden = patch.phoneHidden;
    if (patch.registered !== undefined) contact.registered = patch.registered;
    if (patch.failCode === null) delete contact.failCode;
    else if (patch.failCode !== undefined) contact.failCode = patch.failCode;
    if (patch.userId !== undefined && patch.userId !== contact.userId) {
      this.#byUserId.delete(contact.userId);
      contact.userId = patch.userId;
    }
    if (patch.aliases !== undefined) {
      for (const alias of contact.aliases) this.#byAlias.delete(alias);
      contact.aliases = patch.aliases.map((alias) => alias.replace(/\D/g, ""));
    }
    this.#byWaId.set(waId, contact);
    this.#byUserId.set(contact.userId, contact);
    for (const alias of contact.aliases) this.#byAlias.set(alias, contact);
    return contact;
  }

  /** Everybody, in the order they came. */
  list(): Contact[] {
    return [...this.#byWaId.values()];
  }

  clear(): void {
    this.#byWaId.clear();
    this.#byAlias.clear();
    this.#byUserId.clear();
  }
}

function newContact(waId: string, userId = createUserId(waId)): Contact {
  return {
    waId,
    name: `Person ${waId.slice(-4)}`,
    userId,
    phoneHidden: false,
    registered: true,
    aliases: [],
    openChats: new Set(),
  };
}
