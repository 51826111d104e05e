import { element } from "./elements.js";
import { initials, phoneNumber, tintOf } from "./format.js";
import { icon } from "./icons.js";

/**
 * A place: a drawing of streets with a pin, since no map is loaded from anywhere.
 * @param {any} content
 * @returns {HTMLElement}
 */
export function locationCard(content) {
  const [latitude, longitude] = [Number(content?.latitude), Number(content?.longitude)];
  const map = element("div", "map", element("span", "map-pin", icon("pin")));
  // The streets lie differently for each place, and always the same for one.
  map.style.setProperty("--turn", `${Math.round((latitude * 37 + longitude * 53) % 50) - 25}deg`);
  const name = content?.name ? [element("b", "", String(content.name))] : [];
  const where = content?.address ? [element("span", "", String(content.address))] : [];
  const degrees = element("span", "degrees", `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`);
  return element("div", "place", map, element("div", "place-words", ...name, ...where, degrees));
}

/**
 * Business cards.
 * @param {any} content
 * @returns {HTMLElement[]}
 */
export function contactCards(content) {
  const cards = Array.isArray(content) ? content : [];
  return cards.map((card) => {
    const name = String(card?.name?.formatted_name ?? "Contact");
    const lines = [
      ...(card?.phones ?? []).map(({ phone, wa_id: waId }) => phone ?? phoneNumber(String(waId ?? ""))),
      ...(card?.emails ?? []).map(({ email }) => email),
      ...(card?.org?.company ? [card.org.company] : []),
    ];
    return element(
      "div",
      "card",
      element("span", `avatar ${tintOf(name)}`, initials(name)),
      element(
        "div",
        "card-words",
        element("b", "", name),
        ...lines.map((line) => element("span", "", String(line ?? ""))),
      ),
    );
  });
}
