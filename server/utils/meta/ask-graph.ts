import { judgeAnswer } from "./judge-answer";
import { asObject, asText, type JsonObject } from "./json";
import { timeGraphCall } from "./time-graph-call";

/** Where Graph is, who asks, and how long for. */
export interface GraphDoor {
  readonly baseUrl: string;
  readonly version: string;
  readonly timeoutMs: number;
  readonly accessToken: string;
}

export interface GraphQuestion {
  /** Below the version, with its query. */
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: JsonObject;
}

export interface GraphAnswer {
  readonly httpStatus: number;
  /** Empty where the answer is no JSON object. */
  readonly body: JsonObject;
  /** Meta's, of an error. */
  readonly code: number | undefined;
  /** By Graph's clock. */
  readonly date: Date | undefined;
}

/**
 * Asks Graph for something that may be asked for twice; a send may not.
 *
 * @param signal ends it before its time
 * @returns undefined when there was no answer
 */
export async function askGraph(
  door: GraphDoor,
  question: GraphQuestion,
  signal?: AbortSignal,
): Promise<GraphAnswer | undefined> {
  return timeGraphCall(question.body ? "write" : "read", () => ask(door, question, signal), judgeAnswer);
}

async function ask(
  { baseUrl, version, timeoutMs, accessToken }: GraphDoor,
  { path, body }: GraphQuestion,
  signal: AbortSignal | undefined,
): Promise<GraphAnswer | undefined> {
  const inTime = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${baseUrl}/${version}/${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${accessToken}`,
        "user-agent": "wamcp/0.1",
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: "error",
      signal: signal ? AbortSignal.any([inTime, signal]) : inTime,
    });
    const answer = parse(await response.text());
    const code = Number(asText(asObject(answer.error).code) ?? Number.NaN);
    return {
      httpStatus: response.status,
      body: answer,
      code: Number.isFinite(code) ? code : undefined,
      date: readDate(response.headers.get("date")),
    };
  } catch {
    return undefined;
  }
}

function parse(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}

function readDate(header: string | null): Date | undefined {
  const date = new Date(header ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}
