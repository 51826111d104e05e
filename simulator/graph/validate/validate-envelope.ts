import type { JsonObject } from "../../core/json-object";
import { GraphError } from "../graph-error";
import { invalid, requireObject, requireText } from "./checks";

const DATA_LIMIT = 512;

/** The envelope of a send, checked. */
export interface Envelope {
  type: string;
  replyTo?: string;
  bizOpaqueCallbackData?: string;
}

/** Checks what all sends share (reference 2.1). */
export function validateEnvelope(body: JsonObject): Envelope {
  requireWhatsApp(body);
  const recipientType = body.recipient_type ?? "individual";
  if (recipientType !== "individual")
    throw invalid("recipient_type must be individual: there are no groups here");
  const type = body.type ?? "text";
  if (typeof type !== "string") throw new GraphError(100, { message: "(#100) Param type must be a string." });
  const envelope: Envelope = { type: type.toLowerCase() };
  if (body.context !== undefined && body.context !== null) {
    envelope.replyTo = requireText(requireObject(body, "context"), "message_id", "context.message_id", 512);
  }
  const data = body.biz_opaque_callback_data;
  if (data !== undefined && data !== null) {
    if (typeof data !== "string") throw invalid("biz_opaque_callback_data must be a string");
    if (data.length > DATA_LIMIT) {
      const message = `(#100) Param biz_opaque_callback_data must be at most ${DATA_LIMIT} characters long.`;
      throw new GraphError(100, { message });
    }
    envelope.bizOpaqueCallbackData = data;
  }
  return envelope;
}

/** Every body on this endpoint names the product. */
export function requireWhatsApp(body: JsonObject): void {
  const product = body.messaging_product;
  if (product === undefined || product === null || product === "") {
    throw new GraphError(100, { message: "(#100) The parameter messaging_product is required." });
  }
  if (product !== "whatsapp") {
    throw new GraphError(100, { message: "(#100) Param messaging_product must be one of {WHATSAPP}." });
  }
}
