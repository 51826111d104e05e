import { api } from "./api.js";
import { askLocation } from "./ask.js";
import { element } from "./elements.js";
import { closeSheet, openSheet } from "./sheet.js";
import { store } from "./store.js";
import { attempt } from "./toast.js";

/** What the person does with a message that asks for something. */
export const answer = {
  /** Presses a button, or says yes. */
  choose: (message, choice) => send(message, choice === undefined ? {} : { choice }),
  openList,
  shareLocation: (message) => askLocation("Send your location", (location) => send(message, { location })),
};

function openList(message) {
  const { action } = message.content;
  const sections = (action.sections ?? []).map(({ title, rows }) =>
    element(
      "div",
      "list-section",
      ...(title ? [element("h3", "", title)] : []),
      ...rows.map((row) => {
        const more = row.description ? [element("span", "soft", row.description)] : [];
        const button = element("button", "list-row", element("b", "", row.title), ...more);
        button.type = "button";
        button.addEventListener("click", () => {
          closeSheet();
          send(message, { choice: row.id });
        });
        return button;
      }),
    ),
  );
  openSheet(action.button, ...sections);
}

function send(message, what) {
  const { waId, numberId } = store.open;
  const body = { wamid: message.wamid, phone_number_id: numberId, ...what };
  return attempt(api.answer(waId, body)).catch(() => {});
}
