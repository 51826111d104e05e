import { defineEventHandler, type EventHandler, type H3Event } from "h3";
import { BodyTooLargeError, readBytes } from "../http/read-bytes";
import { readText } from "../http/read-text";
import { writeAnswer } from "../http/write-answer";
import { ControlError } from "./control-error";
import { guardLoopback } from "./guard-loopback";

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;
// A little more than Meta lets through, so that a test can send too much.
const FILE_LIMIT_BYTES = 110_000_000;

/** Wraps what answers a control call: JSON in, JSON out, only for this machine. Nothing becomes `{"ok":true}`. */
export function defineControlHandler(answer: (event: H3Event) => Promise<unknown>): EventHandler {
  return defineEventHandler(async (event) => {
    try {
      guardLoopback(event);
      write(event, 200, (await answer(event)) ?? { ok: true });
    } catch (error) {
      write(event, statusOf(error), { error: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** The call's body as it is: a file. */
export function readControlBytes(event: H3Event): Promise<Buffer> {
  return readBytes(event, FILE_LIMIT_BYTES);
}

/** The call's JSON body; an empty one counts as `{}`. */
export async function readControlBody(event: H3Event): Promise<unknown> {
  const text = await readText(event, BODY_LIMIT_BYTES);
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ControlError(400, "the body is not JSON");
  }
}

function write(event: H3Event, status: number, body: unknown): void {
  writeAnswer(
    event,
    status,
    { "content-type": "application/json", "cache-control": "no-store" },
    JSON.stringify(body),
  );
}

function statusOf(error: unknown): number {
  if (error instanceof ControlError) return error.status;
  return error instanceof BodyTooLargeError ? 413 : 500;
}
