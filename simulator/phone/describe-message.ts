import type { RenderedTemplate } from "../templates/rendered-template";
import type { StoredMedia } from "../media/stored-media";
import type { MessageFailure, MessageStatus, PhoneMessage } from "./phone-message";
import { preview } from "./preview";

/** A message as the control API and the page see it. */
export interface MessageState {
  seq: number;
  wamid: string;
  author: "business" | "person";
  phone_number_id: string;
  wa_id: string;
  type: string;
  /** One line that stands for the content. */
  text: string;
  /** The object named after `type`. */
  content: unknown;
  /** Unix milliseconds, like the times in `history`. */
  at: number;
  status: MessageStatus;
  history: Partial<Record<MessageStatus, number>>;
  /** True when it is on the phone. */
  arrived: boolean;
  biz_opaque_callback_data?: string;
  reply_to?: string;
  failure?: MessageFailure;
  /** The file in the bubble. `GET /control/media/:id` gives its bytes. */
  media?: { id: string; mime_type: string; sha256: string; size_bytes: number; filename?: string };
  /** A template with its parameters in place. */
  template?: RenderedTemplate;
}

/** A message for those outside. */
export function describeMessage(message: PhoneMessage): MessageState {
  const { bizOpaqueCallbackData, replyTo, failure, media, template } = message;
  return {
    seq: message.seq,
    wamid: message.wamid,
    author: message.author,
    phone_number_id: message.phoneNumberId,
    wa_id: message.waId,
    type: message.type,
    text: template?.body ?? preview(message.type, message.content),
    content: message.content ?? null,
    at: message.at,
    status: message.status,
    history: message.history,
    arrived: message.arrived,
    ...(bizOpaqueCallbackData === undefined ? {} : { biz_opaque_callback_data: bizOpaqueCallbackData }),
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    ...(failure === undefined ? {} : { failure }),
    ...(media === undefined ? {} : { media: describeFile(media) }),
    ...(template === undefined ? {} : { template }),
  };
}

function describeFile({
  id,
  mimeType,
  sha256,
  sizeBytes,
  filename,
}: StoredMedia): NonNullable<MessageState["media"]> {
  const file = { id, mime_type: mimeType, sha256, size_bytes: sizeBytes };
  return filename === undefined ? file : { ...file, filename };
}
