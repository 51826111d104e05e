import type { JsonObject } from "../core/json-object";

/** A button as it stands under a template on the phone. */
export interface RenderedButton {
  /** `quick_reply`, `url`, `phone_number`, `copy_code`, ... */
  type: string;
  text: string;
  /** What a tap tells the business (quick replies). */
  payload?: string;
  url?: string;
  phone_number?: string;
  code?: string;
}

/** A template with its parameters in place, as the person sees it. */
export interface RenderedTemplate {
  name: string;
  language: string;
  category: string;
  header?: { type: string; text?: string; content?: JsonObject };
  body: string;
  footer?: string;
  buttons: RenderedButton[];
}
