import type { JsonObject } from "../../core/json-object";
import { asObject, invalid, requireList, requireText } from "./checks";

/** The action of `product_list`: up to ten sections, and thirty products in all of them. */
export function validateProductList(action: JsonObject): void {
  requireText(action, "catalog_id", "interactive.action.catalog_id", 64);
  const sections = requireList(action, "sections", "interactive.action.sections", 1, 10);
  let products = 0;
  for (const item of sections) {
    const section = asObject(item, "section");
    if (sections.length > 1) requireText(section, "title", "section.title", 24);
    for (const entry of requireList(section, "product_items", "section.product_items", 1, 30)) {
      requireText(asObject(entry, "product"), "product_retailer_id", "product.product_retailer_id", 256);
      products += 1;
    }
  }
  if (products > 30) throw invalid("a product list has at most 30 products in all its sections");
}
