import type { PhoneMessage } from "./phone-message";

/** Which messages are meant; what is left out does not narrow. */
export interface MessageFilter {
  phoneNumberId?: string | undefined;
  waId?: string | undefined;
  bizOpaqueCallbackData?: string | undefined;
  wamid?: string | undefined;
}

/** All messages of all phones. The business's messages that arrived are the oracle for lost and doubled ones. */
export class Chats {
  readonly #threads = new Map<string, PhoneMessage[]>();
  readonly #byWamid = new Map<string, PhoneMessage>();
  readonly #arrived: PhoneMessage[] = [];
  readonly #arrivalsByData = new Map<string, number>();
  readonly #revoked = new Set<string>();
  #seq = 0;

  /** The number for the next message. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** Puts a message into its chat. */
  add(message: PhoneMessage): void {
    const key = threadKey(message.phoneNumberId, message.waId);
    const thread = this.#threads.get(key);
    if (thread === undefined) this.#threads.set(key, [message]);
    else thread.push(message);
    this.#byWamid.set(wamidKey(message.phoneNumberId, message.wamid), message);
    if (message.author !== "business" || !message.arrived) return;
    this.#arrived.push(message);
    const data = message.bizOpaqueCallbackData;
    if (data !== undefined) this.#arrivalsByData.set(data, (this.#arrivalsByData.get(data) ?? 0) + 1);
  }

  /** The message with this id at this business number. */
  find(phoneNumberId: string, wamid: string): PhoneMessage | undefined {
    return this.#byWamid.get(wamidKey(phoneNumberId, wamid));
  }

  /** Remembers that somebody has deleted a message for everybody. */
  revoke(phoneNumberId: string, wamid: string): void {
    this.#revoked.add(wamidKey(phoneNumberId, wamid));
  }

  isRevoked(phoneNumberId: string, wamid: string): boolean {
    return this.#revoked.has(wamidKey(phoneNumberId, wamid));
  }

  /** One chat, oldest first. */
  thread(phoneNumberId: string, waId: string): PhoneMessage[] {
    return this.#threads.get(threadKey(phoneNumberId, waId)) ?? [];
  }

  /** The business's messages that arrived on phones, in order of arrival. */
  arrivals(filter: MessageFilter = {}): PhoneMessage[] {
    return this.#arrived.filter(
      (message) =>
        (filter.phoneNumberId === undefined || message.phoneNumberId === filter.phoneNumberId) &&
        (filter.waId === undefined || message.waId === filter.waId) &&
        (filter.wamid === undefined || message.wamid === filter.wamid) &&
        (filter.bizOpaqueCallbackData === undefined ||
          message.bizOpaqueCallbackData === filter.bizOpaqueCallbackData),
    );
  }

  /** How often each `biz_opaque_callback_data` arrived. More than once is a doubled message. */
  arrivalsByData(): ReadonlyMap<string, number> {
    return this.#arrivalsByData;
  }

  get arrivalCount(): number {
    return this.#arrived.length;
  }

  clear(): void {
    this.#threads.clear();
    this.#byWamid.clear();
    this.#revoked.clear();
    this.#arrived.length = 0;
    this.#arrivalsByData.clear();
  }
}

function threadKey(phoneNumberId: string, waId: string): string {
  return `${phoneNumberId} ${waId}`;
}

// A wamid alone is no key: the same one can stand on both sides when a business writes to its own other number.
function wamidKey(phoneNumberId: string, wamid: string): string {
  return `${phoneNumberId} ${wamid}`;
}
