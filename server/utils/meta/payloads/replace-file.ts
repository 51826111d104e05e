import { asList, asObject, asText, type JsonObject } from "../json";

/** What kinds of files a message can hold. */
export type FileKind = "image" | "document" | "audio" | "video" | "sticker";

const KINDS: ReadonlySet<string> = new Set<FileKind>(["image", "document", "audio", "video", "sticker"]);

/**
 * A message's content with its file named otherwise: of a media message, in the header of an interactive one or of a
 * template. Content without a file comes back as it is.
 *
 * @param content the object named as the type
 */
export function replaceFile(
  type: string,
  content: JsonObject,
  replace: (file: JsonObject, kind: FileKind) => JsonObject,
): JsonObject {
  if (isKind(type)) return replace(content, type);
  if (type === "interactive") {
    const header = asObject(content.header);
    const kind = asText(header.type) ?? "";
    return isKind(kind)
      ? { ...content, header: { ...header, [kind]: replace(asObject(header[kind]), kind) } }
      : content;
  }
  if (type !== "template" || content.components === undefined) return content;
  return { ...content, components: asList(content.components).map((part) => inTemplate(part, replace)) };
}

function inTemplate(part: unknown, replace: (file: JsonObject, kind: FileKind) => JsonObject): unknown {
  const component = asObject(part);
  if (component.type !== "header") return part;
  return {
    ...component,
    parameters: asList(component.parameters).map((given) => inParameter(given, replace)),
  };
}

function inParameter(given: unknown, replace: (file: JsonObject, kind: FileKind) => JsonObject): unknown {
  const parameter = asObject(given);
  const kind = asText(parameter.type) ?? "";
  return isKind(kind) ? { ...parameter, [kind]: replace(asObject(parameter[kind]), kind) } : given;
}

function isKind(word: string): word is FileKind {
  return KINDS.has(word);
}
