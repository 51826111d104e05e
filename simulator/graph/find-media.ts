import { isJsonObject, type JsonObject } from "../core/json-object";
import { isMediaKind, type MediaKind } from "../media/media-kinds";

/** A place in a message where a file is named by `id` or `link`. */
export interface MediaReference {
  kind: MediaKind;
  object: JsonObject;
}

/** The files a message names: its own, those in headers, and those on the cards of a carousel. */
export function findMedia(type: string, content: unknown): MediaReference[] {
  if (!isJsonObject(content)) return [];
  if (isMediaKind(type)) return [{ kind: type, object: content }];
  if (type === "interactive") {
    const cards = isJsonObject(content.action) ? objects(content.action.cards) : [];
    return [content.header, ...cards.map(({ header }) => header)].flatMap(inside);
  }
  return type === "template" ? inComponents(content.components) : [];
}

function inComponents(components: unknown): MediaReference[] {
  const all = objects(components);
  const own = all.flatMap(({ parameters }) => objects(parameters)).flatMap(inside);
  const cards = all.flatMap(({ cards: list }) => objects(list));
  return own.concat(cards.flatMap((card) => inComponents(card.components)));
}

/** The file in `{type: "image", image: {...}}`. */
function inside(part: unknown): MediaReference[] {
  if (!isJsonObject(part) || typeof part.type !== "string" || !isMediaKind(part.type)) return [];
  const object = part[part.type];
  return isJsonObject(object) ? [{ kind: part.type, object }] : [];
}

function objects(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
