import type { AskPerson } from "../context";
import type { ClientLink, JsonObject } from "./client-link";
import { InputRequired } from "./input-required";

// Shorter than the 5 minutes after which common hosts give up a silent call; who needs longer is asked by the owner.
const ANSWER_TIMEOUT_MS = 4 * 60_000;
/** The name of our question among those that a client answers. */
const QUESTION = "approval";

type Answer = Awaited<ReturnType<AskPerson>>;

/** How a question survives until the client makes its call again (2026-07-28). */
export interface NextRound {
  /** What the client's answer is about; undefined when it brings none that still counts. */
  readonly answeredAboutId: string | undefined;
  /** Seals what it is asked about now. */
  seal(aboutId: string): string;
}

/**
 * Puts questions to the person at the other end, through elicitation: within the call (MCP 2025-06-18 and later), or between
 * two rounds of it (2026-07-28). Undefined when the client cannot.
 */
export function createAskPerson(link: ClientLink, round: NextRound): AskPerson | undefined {
  const { request, retry } = link;
  if (!takesQuestions(link.capabilities)) return undefined;
  if (request) return (question) => askWithin(request, question);
  if (link.era === "legacy") return undefined;
  return async (question, aboutId) => {
    const answer = round.answeredAboutId === aboutId && readAnswer(retry?.inputResponses[QUESTION]);
    if (answer) return answer;
    // Again for the same thing, where an answer is missing or is none.
    const params = describeQuestion(question);
    const inputRequests = { [QUESTION]: { method: "elicitation/create", params } };
    throw new InputRequired(inputRequests, round.seal(aboutId), aboutId);
  };
}

async function askWithin(request: NonNullable<ClientLink["request"]>, question: string): Promise<Answer> {
  try {
    const options = { timeoutMs: ANSWER_TIMEOUT_MS };
    return readAnswer(await request("elicitation/create", describeQuestion(question), options)) ?? "cancel";
  } catch {
    // No answer, or a client that promised more than it can do: the question stays open for the owner.
    return "cancel";
  }
}

// Nothing to fill in: accept, decline or cancel is the whole answer.
function describeQuestion(message: string): JsonObject {
  return { mode: "form", message, requestedSchema: { type: "object", properties: {} } };
}

function readAnswer(response: unknown): Answer | undefined {
  const action = typeof response === "object" && response !== null && "action" in response && response.action;
  return action === "accept" || action === "decline" || action === "cancel" ? action : undefined;
}

// Before 2025-11-25 the capability was an empty object and meant forms.
function takesQuestions({ elicitation }: Readonly<JsonObject>): boolean {
  if (typeof elicitation !== "object" || elicitation === null) return false;
  return "form" in elicitation || !("url" in elicitation);
}
