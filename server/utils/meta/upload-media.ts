import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { request } from "undici";
import type { GraphDoor } from "./ask-graph";
import { ERROR_ADVICE } from "./error-advice";
import { judgeOutcome } from "./judge-outcome";
import { asObject, asText } from "./json";
import { readSendResponse, type ResponseHeaders } from "./read-send-response";
import type { SendError } from "./send-outcome";
import { timeGraphCall } from "./time-graph-call";

export interface UploadInput {
  /** Meta's id of the number that the file will be sent from. */
  readonly phoneNumberId: string;
  /** Its bytes; read once. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number;
  readonly type: string;
  /** A safe one: it stands in a header. */
  readonly name: string;
  readonly signal: AbortSignal;
}

export type UploadOutcome =
  | { readonly kind: "uploaded"; readonly waMediaId: string }
  /** The file will never be taken as it is. */
  | { readonly kind: "refused"; readonly error: SendError }
  /** Worth another try: two uploads do no harm. */
  | { readonly kind: "retry"; readonly error: SendError };

/** Gives Meta a file, streamed from the disk. Never throws for what the network or Meta does. */
export async function uploadMedia(access: GraphDoor, input: UploadInput): Promise<UploadOutcome> {
  return timeGraphCall("upload", () => upload(access, input), judgeOutcome);
}

async function upload(access: GraphDoor, input: UploadInput): Promise<UploadOutcome> {
  try {
    const form = buildForm(input);
    const answer = await request(`${access.baseUrl}/${access.version}/${input.phoneNumberId}/media`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${access.accessToken}`,
        "content-type": `multipart/form-data; boundary=${form.boundary}`,
        "content-length": String(form.sizeBytes),
        "user-agent": "wamcp/0.1",
      },
      body: form.body,
      signal: input.signal,
    });
    const header = (name: string): string | null => {
      const value = answer.headers[name];
      return typeof value === "string" ? value : null;
    };
    return readAnswer(answer.statusCode, await answer.body.text(), { get: header });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return { kind: "retry", error: { reason: `the upload broke off${code}`, advice: ERROR_ADVICE.wait } };
  }
}

function readAnswer(status: number, body: string, headers: ResponseHeaders): UploadOutcome {
  const waMediaId = asText(asObject(parse(body)).id);
  if (status === 200 && waMediaId) return { kind: "uploaded", waMediaId };
  // What a code means for a send it means here, but that an upload may be repeated: nobody gets anything by it.
  const outcome = readSendResponse(status, body, headers);
  if (outcome.kind === "failed") return { kind: "refused", error: outcome.error };
  if (outcome.kind === "retry") return { kind: "retry", error: outcome.error };
  const error = outcome.kind === "uncertain" ? outcome.error : { reason: "Graph's answer names no file" };
  return { kind: "retry", error: { ...error, backoff: "minute", advice: ERROR_ADVICE.wait } };
}

function buildForm({ body: bytes, sizeBytes, type, name }: UploadInput) {
  const boundary = `wamcp-${randomUUID()}`;
  const field = (key: string, value: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`;
  const head = Buffer.from(
    `${field("messaging_product", "whatsapp")}${field("type", type)}--${boundary}\r\n` +
      `content-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* write(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* bytes;
    yield tail;
  }
  const body = Readable.from(write(), { objectMode: false });
  return { boundary, body, sizeBytes: head.length + sizeBytes + tail.length };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
