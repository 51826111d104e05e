import { element } from "./elements.js";
import { closeSheet, openSheet } from "./sheet.js";

const PLACES = [
  { name: "Main Station", address: "Station Square 1", latitude: 52.52508, longitude: 13.3694 },
  { name: "The Old Harbour", address: "Quay 7", latitude: 53.54429, longitude: 9.98636 },
  { name: "City Park", address: "Park Lane", latitude: 40.78255, longitude: -73.96556 },
];

/**
 * Asks where the person is.
 * @param {string} title
 * @param {(location: any) => void} share
 */
export function askLocation(title, share) {
  const [first] = PLACES;
  const fields = {
    name: field("Name", first.name, false),
    address: field("Address", first.address, false),
    latitude: field("Latitude", String(first.latitude), true, "number"),
    longitude: field("Longitude", String(first.longitude), true, "number"),
  };
  const presets = PLACES.map((place) => {
    const button = element("button", "chip", place.name);
    button.type = "button";
    button.addEventListener("click", () => {
      for (const [key, { input }] of Object.entries(fields)) input.value = String(place[key]);
    });
    return button;
  });
  const read = () => {
    const location = {
      latitude: Number(fields.latitude.input.value),
      longitude: Number(fields.longitude.input.value),
    };
    for (const key of ["name", "address"]) {
      if (fields[key].input.value.trim() !== "") location[key] = fields[key].input.value.trim();
    }
    share(location);
  };
  const pair = element("div", "pair", fields.latitude.label, fields.longitude.label);
  openSheet(
    title,
    element("div", "chips", ...presets),
    form("Send location", read, fields.name.label, fields.address.label, pair),
  );
}

/**
 * Asks whose card to send.
 * @param {any[]} people
 * @param {(card: any) => void} share
 */
export function askContact(people, share) {
  const name = field("Name", people[0]?.name ?? "Grace Lee", true);
  const phone = field(
    "Phone number",
    people[0] === undefined ? "+16505550123" : `+${people[0].wa_id}`,
    true,
    "tel",
  );
  const presets = people.slice(0, 6).map((person) => {
    const button = element("button", "chip", person.name);
    button.type = "button";
    button.addEventListener("click", () => {
      name.input.value = person.name;
      phone.input.value = `+${person.wa_id}`;
    });
    return button;
  });
  const read = () => {
    const [formatted, digits] = [name.input.value.trim(), phone.input.value.replace(/\D/g, "")];
    const phones = [{ phone: phone.input.value.trim(), type: "CELL", wa_id: digits }];
    share({ name: { formatted_name: formatted, first_name: formatted.split(/\s+/)[0] }, phones });
  };
  openSheet(
    "Send a contact",
    element("div", "chips", ...presets),
    form("Send contact", read, name.label, phone.label),
  );
}

/**
 * Asks for one text.
 * @param {string} title
 * @param {string} value
 * @param {string} verb
 * @param {(text: string) => void} done
 */
export function askText(title, value, verb, done) {
  const text = field("Text", value, true);
  openSheet(
    title,
    form(verb, () => done(text.input.value), text.label),
  );
}

/** A form whose one button does what it says and closes the sheet. */
export function form(verb, submit, ...children) {
  const button = element("button", "primary", verb);
  const made = element("form", "sheet-form", ...children, button);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    closeSheet();
  });
  return made;
}

/** A labelled input. */
export function field(label, value, required, type = "text") {
  const input = /** @type {HTMLInputElement} */ (element("input", ""));
  Object.assign(input, { type, value, required, step: "any", autocomplete: "off" });
  return { input, label: element("label", "", label, input) };
}
