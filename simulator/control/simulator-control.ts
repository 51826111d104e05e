import type { SettingsPatch } from "../core/settings";
import type { Fault, FaultSpec } from "../faults/fault";
import type { HandshakeReport } from "../webhooks/verify-handshake";
import type { MessageState } from "../phone/describe-message";
import type { AccountWebhookInput, NumberChangeInput, TemplateInput } from "./account-schemas";
import type { AnswerInput, ReactionInput } from "./answer-schemas";
import type {
  ArrivalsReport,
  ContactState,
  NumberState,
  SentMedia,
  SimulatorState,
  TemplateState,
  WebhooksReport,
} from "./control-types";
import type {
  ArrivalsInput,
  ContactInput,
  PersonMessageInput,
  RawWebhookInput,
  WebhooksInput,
} from "./control-schemas";
import type { MediaDetailsInput, PersonMediaInput } from "./media-schemas";

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
  /** A person sends a file: bytes in base64, or `random_bytes` made up ones for load tests. */
  sendMediaFromPerson(person: string, media: PersonMediaInput): Promise<SentMedia>;
  /** The same with the bytes as they are. */
  sendBytesFromPerson(person: string, details: MediaDetailsInput, bytes: Uint8Array): Promise<SentMedia>;
  /** A person presses a button, chooses a row, shares the location or the contact that a message asks for. */
  answerMessage(person: string, answer: AnswerInput): Promise<{ wamid: string }>;
  /** A person reacts to a message, or takes a reaction back (`emoji` left out). */
  reactFromPerson(person: string, reaction: ReactionInput): Promise<{ wamid: string }>;
  /** A person listens to a voice message: status `played`. */
  markPlayed(person: string, wamid: string, phoneNumberId?: string): Promise<void>;
  /** A file as it lies on the phone. */
  readMedia(id: string): Promise<{ mime_type: string; filename: string | null; bytes: Uint8Array }>;
  /** Makes a template or changes the one of this name and language; the webhooks go out. */
  putTemplate(template: TemplateInput): Promise<TemplateState>;
  listTemplates(): Promise<TemplateState[]>;
  removeTemplate(id: string): Promise<void>;
  /** Changes how Meta rates a number; the webhooks go out. */
  changeNumber(phoneNumberId: string, change: NumberChangeInput): Promise<NumberState>;
  /** Sends any webhook about the account in Meta's envelope. */
  sendAccountWebhook(webhook: AccountWebhookInput): Promise<void>;
  /** Puts the clock forward: windows close, files and their addresses expire. Delays keep their length. */
  advanceClock(advanceMs: number): Promise<{ now: number; ahead_ms: number }>;
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
