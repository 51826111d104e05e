import type { ServerIcon } from "./surface";

/** A plain speech bubble of our own: 48 by 48 pixels in four shades, 241 bytes. */
export const SERVER_ICON: ServerIcon = {
  src: `data:image/png;base64,${[
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAwAgMAAAAqbBEUAAAADFBMVEU7W5I7W5I7W5I7W5JLqy2/AAAABHRSTlMAVar/oA4xLwAAAJBJREFU",
    "eNqt0r0NgCAQBeCnFhYWjuAIruBGjiAbOYKO4AiMYGGBJnD+BPQusRKv4ssFAu8Afq6WrlrPdUq+FIAiQAOoAwyALsACGALc0aG7PmMjN1Dv",
    "oWpdmNSjqaZ8STxQjtmMt47YI06LvJt4qchApCNyE4mKrM/Dp2cMRA2DZQOimUMxOD5Hw6E5VMz32AHLzw1yUhWJvwAAAABJRU5ErkJggg==",
  ].join("")}`,
  mimeType: "image/png",
  sizes: ["48x48"],
};
