import { api } from "./api.js";
import { byId } from "./elements.js";

const NAMES = [
  "Amara Okafor",
  "Bruno Silva",
  "Chloe Martin",
  "Deniz Kaya",
  "Elif Novak",
  "Farid Rahman",
  "Grace Lee",
];

/**
 * Wires the dialog that adds a person.
 * @param {(contact: any) => void} added
 */
export function setUpAddPerson(added) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("add-dialog"));
  const name = /** @type {HTMLInputElement} */ (byId("add-name"));
  const phone = /** @type {HTMLInputElement} */ (byId("add-phone"));
  const problem = byId("add-problem");
  const show = () => {
    name.value = NAMES[Math.floor(Math.random() * NAMES.length)] ?? "";
    phone.value = `+1 650 555 ${String(Math.floor(Math.random() * 10_000)).padStart(4, "0")}`;
    problem.textContent = "";
    dialog.showModal();
    name.select();
  };
  byId("add-open").addEventListener("click", show);
  byId("add-first").addEventListener("click", show);
  byId("add-cancel").addEventListener("click", () => dialog.close());
  byId("add-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const contact = await api.putContact({ wa_id: phone.value, name: name.value.trim() });
      dialog.close();
      added(contact);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
}
