import type { JsonObject } from "../../core/json-object";
import { invalid, requireObject, requireText } from "./checks";
import { validateCarousel } from "./validate-carousel";
import { validateButtons, validateList } from "./validate-choices";
import { validateFlow } from "./validate-flow";
import { type HeaderRule, validateHeader } from "./validate-header";
import { validateLinkAction } from "./validate-link-action";
import { validateProductList } from "./validate-product-list";

/** What an interactive type asks for beyond a body. */
interface InteractiveRule {
  header: HeaderRule;
  bodyOptional?: boolean;
  bodyLimit?: number;
  /** What `action.name` must be. */
  name?: string;
  check?: (action: JsonObject) => void;
}

// Reference 2.3: the interactive types the API knows, with their limits.
const RULES: Record<string, InteractiveRule> = {
  button: { header: "any", check: validateButtons },
  list: { header: "text", bodyLimit: 4096, check: validateList },
  cta_url: { header: "any", name: "cta_url", check: validateLinkAction },
  location_request_message: { header: "none", name: "send_location" },
  request_contact_info: { header: "none", name: "request_contact_info" },
  flow: { header: "any", name: "flow", check: validateFlow },
  product: { header: "none", bodyOptional: true, check: requireProduct },
  product_list: { header: "text required", check: validateProductList },
  catalog_message: { header: "any", name: "catalog_message" },
  carousel: { header: "none", check: validateCarousel },
  address_message: { header: "any", name: "address_message", check: requireCountry },
  call_permission_request: { header: "any", bodyOptional: true, name: "call_permission_request" },
  voice_call: { header: "any", bodyOptional: true, name: "voice_call" },
  order_details: { header: "any" },
  order_status: { header: "any" },
};

/** `interactive`: the parts all types share, and what the type asks for. */
export function validateInteractive(interactive: JsonObject): void {
  const type = requireText(interactive, "type", "interactive.type", 64);
  const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  if (rule === undefined) throw invalid("interactive.type is unknown");
  const action = requireObject(interactive, "action", "interactive.action");
  validateHeader(interactive.header, rule.header);
  if (interactive.body !== undefined || rule.bodyOptional !== true) {
    const body = requireObject(interactive, "body", "interactive.body");
    requireText(body, "text", "interactive.body.text", rule.bodyLimit ?? 1024);
  }
  if (interactive.footer !== undefined) {
    if (type === "carousel") throw invalid("a carousel takes no footer");
    requireText(requireObject(interactive, "footer"), "text", "interactive.footer.text", 60);
  }
  if (rule.name !== undefined) {
    const name = requireText(action, "name", "interactive.action.name", 64);
    if (name !== rule.name) throw invalid(`interactive.action.name must be ${rule.name}`);
  }
  rule.check?.(action);
}

function requireProduct(action: JsonObject): void {
  requireText(action, "catalog_id", "interactive.action.catalog_id", 64);
  requireText(action, "product_retailer_id", "interactive.action.product_retailer_id", 256);
}

function requireCountry(action: JsonObject): void {
  const parameters = requireObject(action, "parameters", "interactive.action.parameters");
  const country = requireText(parameters, "country", "interactive.action.parameters.country", 2);
  if (country !== "IN") throw invalid("address_message is for India only");
}
