import type { JsonObject } from "../../core/json-object";
import { asObject, invalid, requireList, requireObject, requireText } from "./checks";
import { validateLinkAction } from "./validate-link-action";
import { validateMedia } from "./validate-media";

/** The action of `carousel`: two to ten cards of one kind. */
export function validateCarousel(action: JsonObject): void {
  const cards = requireList(action, "cards", "interactive.action.cards", 2, 10).map((card) =>
    asObject(card, "card"),
  );
  const kinds = new Set(cards.map(validateCard));
  if (kinds.size > 1)
    throw invalid("all cards of a carousel must be of one type and have one type of header");
  const indexes = cards.map(({ card_index: index }) => index);
  for (const index of indexes) {
    if (!Number.isInteger(index) || Number(index) < 0 || Number(index) > 9) {
      throw invalid("card_index must be 0 to 9");
    }
  }
  if (new Set(indexes).size !== indexes.length) throw invalid("card_index must be unique");
}

/** Checks a card and names its kind. */
function validateCard(card: JsonObject): string {
  const type = requireText(card, "type", "card.type", 16);
  const action = requireObject(card, "action", "card.action");
  if (type === "product") {
    requireText(action, "product_retailer_id", "card.action.product_retailer_id", 256);
    return `product ${requireText(action, "catalog_id", "card.action.catalog_id", 64)}`;
  }
  if (type !== "cta_url") throw invalid("card.type must be cta_url or product");
  const header = requireObject(card, "header", "card.header");
  const media = requireText(header, "type", "card.header.type", 16);
  if (media !== "image" && media !== "video") throw invalid("card.header.type must be image or video");
  validateMedia(requireObject(header, media, `card.header.${media}`), media, { caption: false });
  if (card.body !== undefined) {
    const text = requireText(requireObject(card, "body", "card.body"), "text", "card.body.text", 160);
    if ((text.match(/\n/g) ?? []).length > 2) throw invalid("card.body.text takes at most two line breaks");
  }
  validateLinkAction(action);
  return `cta_url ${media}`;
}
