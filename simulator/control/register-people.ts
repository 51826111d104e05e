import { getQuery, getRequestHeader, getRouterParam, type H3Event } from "h3";
import type { AnswerInput, ReactionInput } from "./answer-schemas";
import { PlayedSchema } from "./answer-schemas";
import {
  ChatSchema,
  type ContactInput,
  type PersonMessageInput,
  ReadSchema,
  WindowSchema,
} from "./control-schemas";
import { readControlBody, readControlBytes } from "./define-control-handler";
import type { MediaDetailsInput, PersonMediaInput } from "./media-schemas";
import { parseInput } from "./parse-input";
import type { SimulatorControl } from "./simulator-control";

/** Puts an address below `/control` on the router. */
export type Register = (path: string, answer: (event: H3Event) => Promise<unknown>) => unknown;

/** The addresses that are about people. The methods check their own input, so casts here promise nothing. */
export function registerPeople(get: Register, post: Register, control: SimulatorControl): void {
  get("/contacts", () => control.listContacts());
  post("/contacts", async (event) => control.putContact((await readControlBody(event)) as ContactInput));
  get("/contacts/:person/messages", (event) => {
    const { phone_number_id: id } = getQuery(event);
    return control.listMessages(personIn(event), typeof id === "string" ? id : undefined);
  });
  post("/contacts/:person/messages", async (event) =>
    control.sendFromPerson(personIn(event), (await readControlBody(event)) as PersonMessageInput),
  );
  post("/contacts/:person/media", (event) => takeMedia(event, control));
  post("/contacts/:person/answers", async (event) =>
    control.answerMessage(personIn(event), (await readControlBody(event)) as AnswerInput),
  );
  post("/contacts/:person/reactions", async (event) =>
    control.reactFromPerson(personIn(event), (await readControlBody(event)) as ReactionInput),
  );
  post("/contacts/:person/played", async (event) => {
    const { wamid, phone_number_id: id } = parseInput(PlayedSchema, await readControlBody(event));
    return control.markPlayed(personIn(event), wamid, id);
  });
  registerChats(post, control);
}

function registerChats(post: Register, control: SimulatorControl): void {
  post("/contacts/:person/chat", async (event) => {
    const { open, phone_number_id: id } = parseInput(ChatSchema, await readControlBody(event));
    return control.setChatOpen(personIn(event), open, id);
  });
  post("/contacts/:person/read", async (event) => {
    const { phone_number_id, wamid } = parseInput(ReadSchema, await readControlBody(event));
    const options = {
      ...(phone_number_id === undefined ? {} : { phone_number_id }),
      ...(wamid === undefined ? {} : { wamid }),
    };
    return control.markRead(personIn(event), options);
  });
  post("/contacts/:person/window", async (event) => {
    const { open, phone_number_id: id } = parseInput(WindowSchema, await readControlBody(event));
    return control.setWindow(personIn(event), open, id);
  });
}

/** A file as JSON, or as its bare bytes with the rest in the query, which is how the page sends it. */
async function takeMedia(event: H3Event, control: SimulatorControl): Promise<unknown> {
  if ((getRequestHeader(event, "content-type") ?? "").startsWith("application/json")) {
    return control.sendMediaFromPerson(personIn(event), (await readControlBody(event)) as PersonMediaInput);
  }
  const bytes = await readControlBytes(event);
  return control.sendBytesFromPerson(personIn(event), getQuery(event) as unknown as MediaDetailsInput, bytes);
}

function personIn(event: H3Event): string {
  return getRouterParam(event, "person", { decode: true }) ?? "";
}
