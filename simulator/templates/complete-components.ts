import { isJsonObject, type JsonObject } from "../core/json-object";
import type { TemplateCategory } from "./template";

const CODE_TEXT = "*{{1}}* is your verification code.";
const SAFETY = " For your security, do not share this code.";

/**
 * Components as Meta stores them: types in capitals, and for authentication templates the text and the one-time-password
 * button that Meta writes itself, which becomes a URL button with one variable.
 */
export function completeComponents(components: JsonObject[], category: TemplateCategory): JsonObject[] {
  return components.map((component) => {
    const type = String(component.type).toUpperCase();
    const stored: JsonObject = { ...component, type };
    if (typeof component.format === "string") stored.format = component.format.toUpperCase();
    else if (type === "HEADER") stored.format = "TEXT";
    if (Array.isArray(component.buttons)) stored.buttons = component.buttons.map(storeButton);
    if (category !== "AUTHENTICATION") return stored;
    if (type === "BODY")
      stored.text = CODE_TEXT + (component.add_security_recommendation === true ? SAFETY : "");
    const minutes = component.code_expiration_minutes;
    if (type === "FOOTER" && minutes !== undefined)
      stored.text = `This code expires in ${String(minutes)} minutes.`;
    return stored;
  });
}

function storeButton(button: unknown): unknown {
  if (!isJsonObject(button)) return button;
  const type = String(button.type).toUpperCase();
  if (type !== "OTP") return { ...button, type };
  const kind = String(button.otp_type ?? "COPY_CODE").toUpperCase();
  const text = typeof button.text === "string" ? button.text : "Copy code";
  return { type: "URL", text, url: `https://www.whatsapp.com/otp/code/?otp_type=${kind}&code=otp{{1}}` };
}
