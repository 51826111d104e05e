const TIME = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat([], { day: "numeric", month: "long" });

/** @param {number} at Unix milliseconds */
export const clockTime = (at) => TIME.format(at);

/** @param {number} at Unix milliseconds */
export const exactTime = (at) => EXACT.format(at);

/** @param {number} at Unix milliseconds */
export function dayName(at) {
  const day = new Date(at).toDateString();
  return day === new Date().toDateString() ? "Today" : DAY.format(at);
}

/**
 * A time if it is today, else the day.
 * @param {number} at Unix milliseconds
 */
export function shortTime(at) {
  return dayName(at) === "Today" ? clockTime(at) : DAY.format(at);
}

/** @param {number} bytes */
export function fileSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param {number} seconds */
export function playTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

/** @param {string} digits */
export function phoneNumber(digits) {
  if (digits.startsWith("1") && digits.length === 11) {
    return `+1 ${digits.slice(1, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}`;
  }
  return `+${digits}`;
}

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
}

/**
 * Always the same tint for the same person.
 * @param {string} id
 */
export function tintOf(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 997;
  return `tint-${sum % 6}`;
}
