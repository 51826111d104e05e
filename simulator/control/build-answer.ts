import { isJsonObject, type JsonObject } from "../core/json-object";
import type { Contact } from "../phone/contact-book";
import type { PhoneMessage } from "../phone/phone-message";
import type { PersonMessage } from "../phone/receive-from-person";
import type { AnswerInput } from "./answer-schemas";
import { ControlError } from "./control-error";

type Build = (asked: JsonObject, answer: AnswerInput, contact: Contact) => PersonMessage;

const INTERACTIVE: Record<string, Build> = {
  button: pressButton,
  list: chooseRow,
  location_request_message: (_asked, { location }) => {
    if (location === undefined) throw new ControlError(400, "this message asks for a location");
    return { type: "location", location };
  },
  request_contact_info: (_asked, _answer, contact) => shareOwnCard(contact),
  flow: completeFlow,
  call_permission_request: (_asked, { choice = "accept" }) => ({
    type: "interactive",
    interactive: {
      type: "call_permission_reply",
      call_permission_reply: { response: choice, response_source: "user_action" },
    },
  }),
};

/**
 * What a person's phone sends when the person answers a message with buttons, a list or a question: the chosen id and title,
 * and the message it answers (reference 3.5).
 *
 * @throws ControlError when the message asks for something else
 */
export function buildAnswer(message: PhoneMessage, answer: AnswerInput, contact: Contact): PersonMessage {
  const built = message.type === "template" ? pressTemplateButton(message, answer, contact) : undefined;
  if (built !== undefined) return { ...built, reply_to: message.wamid };
  const asked = isJsonObject(message.content) ? message.content : {};
  const type = message.type === "interactive" ? String(asked.type) : "";
  const build = Object.hasOwn(INTERACTIVE, type) ? INTERACTIVE[type] : undefined;
  if (build === undefined)
    throw new ControlError(400, "this message asks for nothing that the business hears about");
  return { ...build(asked, answer, contact), reply_to: message.wamid };
}

function pressTemplateButton(
  { template }: PhoneMessage,
  { choice }: AnswerInput,
  contact: Contact,
): PersonMessage {
  const buttons = template?.buttons ?? [];
  const pressed = buttons.find(
    ({ text, payload }, index) => choice === index || choice === text || choice === payload,
  );
  if (pressed?.type === "request_contact_info") return shareOwnCard(contact);
  if (pressed?.type !== "quick_reply")
    throw noChoice(
      "quick-reply button",
      buttons.map(({ text }) => text),
    );
  return { type: "button", button: { payload: pressed.payload ?? pressed.text, text: pressed.text } };
}

function pressButton({ action }: JsonObject, { choice }: AnswerInput): PersonMessage {
  const replies = objectsIn(action, "buttons")
    .map(({ reply }) => reply)
    .filter(isJsonObject);
  const { id, title } = choose(replies, choice, "button");
  return { type: "interactive", interactive: { type: "button_reply", button_reply: { id, title } } };
}

function chooseRow({ action }: JsonObject, { choice }: AnswerInput): PersonMessage {
  const rows = objectsIn(action, "sections").flatMap((section) => objectsIn(section, "rows"));
  const { id, title, description } = choose(rows, choice, "row");
  const row = { id, title, ...(description === undefined ? {} : { description }) };
  return { type: "interactive", interactive: { type: "list_reply", list_reply: row } };
}

function completeFlow({ action }: JsonObject, { response = {} }: AnswerInput): PersonMessage {
  const parameters = isJsonObject(action) && isJsonObject(action.parameters) ? action.parameters : {};
  const token = typeof parameters.flow_token === "string" ? parameters.flow_token : "unused";
  const reply = {
    name: "flow",
    body: "Sent",
    response_json: JSON.stringify({ flow_token: token, ...response }),
  };
  return { type: "interactive", interactive: { type: "nfm_reply", nfm_reply: reply } };
}

/** `origin` is what proves that the number is the sender's own (reference 1.4). */
function shareOwnCard({ name, waId }: Contact): PersonMessage {
  const phone = { phone: `+${waId}`, type: "CELL", wa_id: waId };
  const vcard = `BEGIN:VCARD\nVERSION:3.0\nFN:${name}\nTEL;type=CELL;waid=${waId}:+${waId}\nEND:VCARD`;
  const first = name.split(/\s+/)[0] ?? name;
  const card = {
    name: { formatted_name: name, first_name: first },
    phones: [phone],
    vcard,
    origin: "contact_request",
  };
  return { type: "contacts", contacts: [card] };
}

function choose(choices: JsonObject[], wanted: AnswerInput["choice"], what: string): JsonObject {
  const found =
    choices.find(({ id }) => id === wanted) ??
    choices.find(({ title }, index) => title === wanted || index === wanted);
  if (found === undefined)
    throw noChoice(
      what,
      choices.map(({ id }) => String(id)),
    );
  return found;
}

function noChoice(what: string, known: string[]): ControlError {
  return new ControlError(400, `choice must name a ${what}: ${known.join(", ") || "there is none"}`);
}

function objectsIn(owner: unknown, key: string): JsonObject[] {
  const list = isJsonObject(owner) ? owner[key] : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
