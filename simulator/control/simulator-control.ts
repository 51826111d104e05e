import type { SettingsPatch } from "../core/settings";
import type { Fault, FaultSpec } from "../faults/fault";
import type { HandshakeReport } from "../webhooks/verify-handshake";
import type { MessageState } from "../phone/describe-message";
import type { ArrivalsReport, ContactState, SimulatorState, WebhooksReport } from "./control-types";
import type {
  ArrivalsInput,
  ContactInput,
  PersonMessageInput,
  RawWebhookInput,
  WebhooksInput,
} from "./control-schemas";

/**
 * Everything a test or the page can do to the simulated world. The same methods work in the same process
 * (`startSimulator`) and over HTTP (`createControlClient`). `person` is a wa_id or a BSUID; a number may be left out
 * where there is only one or the first will do.
 */
export interface SimulatorControl {
  putContact(contact: ContactInput): Promise<ContactState>;
  listContacts(): Promise<ContactState[]>;
  /** A person writes; an unknown phone number gets a phone. */
  sendFromPerson(person: string, message: PersonMessageInput): Promise<{ wamid: string }>;
  /** One chat, oldest first. */
  listMessages(person: string, phoneNumberId?: string): Promise<MessageState[]>;
  /** Puts a chat on the screen (its messages are read) or takes it away. */
  setChatOpen(person: string, open: boolean, phoneNumberId?: string): Promise<void>;
  markRead(person: string, options?: { phone_number_id?: string; wamid?: string }): Promise<void>;
  setWindow(person: string, open: boolean, phoneNumberId?: string): Promise<{ closes_at: number | null }>;
  /** The oracle: what arrived on the phones, and how often. */
  arrivals(filter?: ArrivalsInput): Promise<ArrivalsReport>;
  /** The delivery log. */
  webhooks(filter?: WebhooksInput): Promise<WebhooksReport>;
  sendRawWebhook(webhook: RawWebhookInput): Promise<{ id: string }>;
  /** Ends `hold` and lets go what it kept. */
  releaseWebhooks(): Promise<{ released: number }>;
  /** Makes waiting retries due now. */
  retryWebhooks(): Promise<void>;
  verifyWebhook(): Promise<HandshakeReport>;
  addFault(fault: FaultSpec): Promise<Fault>;
  listFaults(): Promise<Fault[]>;
  /** Ends one fault or all of them; what they kept goes out. */
  removeFaults(id?: string): Promise<{ removed: number }>;
  configure(patch: SettingsPatch): Promise<SimulatorState>;
  state(): Promise<SimulatorState>;
  /** Forgets contacts, messages, faults and webhooks; settings stay. */
  reset(): Promise<void>;
}
