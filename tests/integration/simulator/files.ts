import { generateBytes } from "#simulator/media/generate-bytes";
import { ACCESS_TOKEN, NUMBER, PERSON, type Stage } from "./setup";

/** A file as the business uploads it. */
export interface Upload {
  type?: string;
  bytes?: Uint8Array;
  filename?: string;
  number?: string;
  fields?: Record<string, string>;
}

/** Bytes that begin as a file of this type does. */
export const fileOf = (type: string, size = 100) => generateBytes("file", size, type);

/** POSTs a file to `/v23.0/{number}/media`. */
export function upload(
  stage: Stage,
  { type = "image/png", number = NUMBER, ...more }: Upload = {},
): Promise<Response> {
  const form = new FormData();
  for (const [key, value] of Object.entries(more.fields ?? { messaging_product: "whatsapp", type }))
    form.set(key, value);
  form.set("file", new Blob([Buffer.from(more.bytes ?? fileOf(type))], { type }), more.filename ?? "file");
  return stage.get(`/v23.0/${number}/media`, {
    method: "POST",
    headers: { authorization: `Bearer ${ACCESS_TOKEN}` },
    body: form,
  });
}

/** Uploads a file and gives its id. */
export async function uploadId(stage: Stage, options: Upload = {}): Promise<string> {
  const answer = await upload(stage, options);
  const { id } = (await answer.json()) as { id?: string };
  if (id === undefined) throw new Error(`upload refused with ${answer.status}`);
  return id;
}

/** Sends any type of message to PERSON. */
export function sendAs(
  stage: Stage,
  type: string,
  value: unknown,
  extra: Record<string, unknown> = {},
): Promise<Response> {
  return stage.post({ messaging_product: "whatsapp", to: `+${PERSON}`, type, [type]: value, ...extra });
}

/** Sends any type of message and gives its wamid. */
export async function sendId(
  stage: Stage,
  type: string,
  value: unknown,
  extra: Record<string, unknown> = {},
): Promise<string> {
  const answer = (await (await sendAs(stage, type, value, extra)).json()) as { messages?: { id: string }[] };
  const id = answer.messages?.[0]?.id;
  if (id === undefined) throw new Error(`send refused: ${JSON.stringify(answer)}`);
  return id;
}

/** The code and HTTP status of an error answer. */
export async function refusalOf(answer: Response): Promise<{ status: number; code: number | undefined }> {
  const { error } = (await answer.json()) as { error?: { code: number } };
  return { status: answer.status, code: error?.code };
}
