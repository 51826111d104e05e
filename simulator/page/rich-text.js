import { element } from "./elements.js";

// WhatsApp's own marks: *bold*, _italic_, ~struck~ and ```code```, around whole words.
const MARKS = /```([^`]+)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/u;
const TAGS = { "*": "strong", _: "em", "~": "s" };

/**
 * Text as WhatsApp shows it. It becomes text nodes and three plain tags, never markup.
 * @param {string} text
 * @returns {HTMLElement}
 */
export function richText(text) {
  return element("span", "text", ...pieces(text));
}

function pieces(text) {
  const found = MARKS.exec(text);
  if (found === null) return text === "" ? [] : [text];
  const [all, code, mark, inner] = found;
  const marked = code === undefined ? element(TAGS[mark], "", ...pieces(inner)) : element("code", "", code);
  const before = text.slice(0, found.index);
  return [...(before === "" ? [] : [before]), marked, ...pieces(text.slice(found.index + all.length))];
}
