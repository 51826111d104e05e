import { type EventHandler, getRequestHeader } from "h3";
import type { BusinessNumber } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { cutConnection } from "../http/cut-connection";
import { readBytes } from "../http/read-bytes";
import { MEDIA_KINDS } from "../media/media-kinds";
import { mimeEssence } from "../media/mime-essence";
import { authorize } from "./authorize";
import { defineGraphHandler, type GraphCall, requireNumber } from "./define-graph-handler";
import { GraphError } from "./graph-error";
import { strikeAfter, strikeBefore } from "./strike-call";
import { requireWhatsApp } from "./validate/validate-envelope";

// The largest file and what multipart adds to it.
const BODY_LIMIT_BYTES = 101_000_000;
const TTL_MINUTES = { min: 60, max: 43_200 };

/** `POST /{version}/{phone number id}/media`: takes a file to send (reference 4.2). */
export function createMediaUploadHandler(world: World): EventHandler {
  return defineGraphHandler(world, async (call) => {
    authorize(world, call.event);
    const number = requireNumber(call);
    const facts = { on: "upload", phoneNumberId: number.id } as const;
    if (world.faults.take("reset_during_request", facts) !== undefined) {
      cutConnection(call.event);
      return undefined;
    }
    const form = await readForm(call);
    if (await strikeBefore(call, facts)) return undefined;
    const answer = await keepUpload(world, number, form);
    return (await strikeAfter(call, facts)) ? undefined : answer;
  });
}

async function readForm({ event }: GraphCall): Promise<FormData> {
  const type = getRequestHeader(event, "content-type") ?? "";
  const body = await readBytes(event, BODY_LIMIT_BYTES);
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch {
    throw new GraphError(100, { message: "(#100) The request body must be multipart/form-data." });
  }
}

async function keepUpload(world: World, number: BusinessNumber, form: FormData): Promise<JsonObject> {
  requireWhatsApp({ messaging_product: form.get("messaging_product") });
  const file = form.get("file");
  if (!(file instanceof File))
    throw new GraphError(100, { message: "(#100) The parameter file is required." });
  checkFile(file, form.get("type"));
  const media = world.media.add({
    phoneNumberId: number.id,
    origin: "upload",
    mimeType: file.type,
    content: Buffer.from(await file.arrayBuffer()),
    filename: file.name,
    ttlMs: readTtlMs(form.get("ttl_minutes")),
  });
  return { id: media.id };
}

/** The Content-Type of the file's own part counts; a `type` that says something else is a mistake. */
function checkFile(file: File, declared: unknown): void {
  const type = mimeEssence(file.type);
  const rules = Object.values(MEDIA_KINDS).find(({ mimeTypes }) => mimeTypes.includes(type));
  if (rules === undefined) {
    const all = Object.values(MEDIA_KINDS).flatMap(({ mimeTypes }) => mimeTypes);
    const message = `(#100) Param file must be of one of these types: ${all.join(", ")}. It is of type ${type}.`;
    throw new GraphError(100, { message });
  }
  if (typeof declared === "string" && mimeEssence(declared) !== type) {
    throw new GraphError(131053, { details: `type says ${declared}, the file's part says ${type}` });
  }
  if (file.size === 0) throw new GraphError(100, { message: "(#100) Param file must not be empty." });
  if (file.size > rules.limitBytes) {
    const details = `The file has ${file.size} bytes; files of type ${type} have at most ${rules.limitBytes}`;
    throw new GraphError(131053, { details });
  }
}

function readTtlMs(minutes: unknown): number | undefined {
  if (minutes === null || minutes === undefined) return undefined;
  const value = Number(minutes);
  if (!Number.isInteger(value) || value < TTL_MINUTES.min || value > TTL_MINUTES.max) {
    const message = `(#100) Param ttl_minutes must be ${TTL_MINUTES.min} to ${TTL_MINUTES.max}.`;
    throw new GraphError(100, { message });
  }
  return value * 60_000;
}
