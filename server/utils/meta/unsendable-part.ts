import { asList, asObject, asText, type JsonObject } from "./json";

// Each wants a component of its own kind in the send, which no argument of ours makes (Meta, "Template components").
const PARTS: Readonly<Record<string, string>> = {
  CAROUSEL: "a carousel",
  LIMITED_TIME_OFFER: "a limited-time offer",
  ORDER_STATUS: "an order status",
};
const BUTTONS: Readonly<Record<string, string>> = {
  CATALOG: "a catalogue button",
  MPM: "a button for several products",
  SPM: "a product button",
  ORDER_DETAILS: "a payment button",
};
const HEADERS = new Set(["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"]);

/** What a template holds whose parameters cannot be given here, so that Meta would certainly refuse it; undefined for none. */
export function unsendablePart(components: readonly JsonObject[]): string | undefined {
  for (const component of components) {
    const type = asText(component.type)?.toUpperCase() ?? "";
    const format = asText(component.format)?.toUpperCase() ?? "TEXT";
    if (Object.hasOwn(PARTS, type)) return PARTS[type];
    if (type === "HEADER" && !HEADERS.has(format)) return "a header of a kind that is not known here";
    const buttons = type === "BUTTONS" ? asList(component.buttons) : [];
    const kinds = buttons.map((button) => asText(asObject(button).type)?.toUpperCase() ?? "");
    const kind = kinds.find((one) => Object.hasOwn(BUTTONS, one));
    if (kind !== undefined) return BUTTONS[kind];
  }
  return undefined;
}
