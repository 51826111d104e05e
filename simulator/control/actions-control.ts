import { randomUUID } from "node:crypto";
import type { BusinessNumber } from "../core/business-number";
import type { World } from "../core/world";
import type { Contact } from "../phone/contact-book";
import type { PhoneMessage } from "../phone/phone-message";
import { receiveFromPerson } from "../phone/receive-from-person";
import { type PersonMedia, sendMediaFromPerson } from "../phone/send-media-from-person";
import { AnswerSchema, PlayedSchema, ReactionSchema } from "./answer-schemas";
import { buildAnswer } from "./build-answer";
import { ControlError } from "./control-error";
import { findContact, findNumber, findOrAddContact } from "./find-party";
import { MediaDetailsSchema, PersonMediaSchema } from "./media-schemas";
import { parseInput } from "./parse-input";
import type { SimulatorControl } from "./simulator-control";

/** The control methods for what a person does beyond writing. */
export type ActionsControl = Pick<
  SimulatorControl,
  | "sendMediaFromPerson"
  | "sendBytesFromPerson"
  | "answerMessage"
  | "reactFromPerson"
  | "markPlayed"
  | "readMedia"
>;

/** Files, buttons, reactions and voice messages, from the person's side. */
export function createActionsControl(world: World): ActionsControl {
  return {
    async sendMediaFromPerson(person, input) {
      const { phone_number_id: id, ...media } = parseInput(PersonMediaSchema, input);
      const content =
        "data_base64" in media
          ? Buffer.from(media.data_base64, "base64")
          : { seed: media.seed ?? randomUUID(), sizeBytes: media.random_bytes };
      return sendFile(world, person, id, { ...describeFile(media), content });
    },
    async sendBytesFromPerson(person, details, bytes) {
      const { phone_number_id: id, ...media } = parseInput(MediaDetailsSchema, details);
      return sendFile(world, person, id, { ...describeFile(media), content: Buffer.from(bytes) });
    },
    async answerMessage(person, input) {
      const answer = parseInput(AnswerSchema, input);
      const { number, contact, message } = findAsked(world, person, answer);
      const { wamid } = receiveFromPerson(world, number, contact, buildAnswer(message, answer, contact));
      return { wamid };
    },
    async reactFromPerson(person, input) {
      const reaction = parseInput(ReactionSchema, input);
      const { number, contact, message } = findAsked(world, person, reaction);
      // A reaction that is taken back comes without an emoji.
      const emoji = reaction.emoji ? { emoji: reaction.emoji } : {};
      const sent = { type: "reaction", reaction: { message_id: message.wamid, ...emoji } };
      const { wamid } = receiveFromPerson(world, number, contact, sent);
      return { wamid };
    },
    async markPlayed(person, wamid, id) {
      const { message } = findAsked(world, person, parseInput(PlayedSchema, { wamid, phone_number_id: id }));
      if (message.type !== "audio") throw new ControlError(400, "only a voice message can be played");
      world.ladder.play(message);
    },
    async readMedia(id) {
      const media = world.media.keep(id);
      if (media === undefined) throw new ControlError(404, "there is no such file any more");
      return { mime_type: media.mimeType, filename: media.filename ?? null, bytes: media.read() };
    },
  };
}

/** The file's members in the simulator's own names. */
function describeFile(input: {
  type: PersonMedia["kind"];
  mime_type?: string | undefined;
  caption?: string | undefined;
  filename?: string | undefined;
  voice?: boolean | undefined;
  animated?: boolean | undefined;
  wrong_sha256?: boolean | undefined;
  reply_to?: string | undefined;
}): Omit<PersonMedia, "content"> {
  const { type: kind, mime_type: mimeType, wrong_sha256: wrongSha256, reply_to: replyTo } = input;
  const { caption, filename, voice, animated } = input;
  return { kind, mimeType, wrongSha256, replyTo, caption, filename, voice, animated };
}

function sendFile(world: World, person: string, numberId: string | undefined, sent: PersonMedia) {
  const number = findNumber(world, numberId);
  const { message, media } = sendMediaFromPerson(world, number, findOrAddContact(world, person), sent);
  if (media === undefined) return { wamid: message.wamid, media: null };
  const { id, mimeType, sha256, sizeBytes } = media;
  return { wamid: message.wamid, media: { id, mime_type: mimeType, sha256, size_bytes: sizeBytes } };
}

interface Asked {
  number: BusinessNumber;
  contact: Contact;
  message: PhoneMessage;
}

/** The message on this person's phone that something is done with. */
function findAsked(
  world: World,
  person: string,
  about: { wamid: string; phone_number_id?: string | undefined },
): Asked {
  const number = findNumber(world, about.phone_number_id);
  const contact = findContact(world, person);
  const message = world.chats.find(number.id, about.wamid);
  if (message === undefined || message.waId !== contact.waId || !message.arrived) {
    throw new ControlError(404, "there is no such message on this phone");
  }
  return { number, contact, message };
}
