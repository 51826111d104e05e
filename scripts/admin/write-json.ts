// What a terminal would obey or hide. JSON spells it in ASCII, so that a program reads the same.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** A value as JSON that may be shown to a person. */
export function writeJson(value: unknown, indent?: number): string {
  // The line breaks of the indent are the only ones; a string's own are spelt out already.
  return JSON.stringify(value, null, indent).replaceAll(UNSEEN, (sign) =>
    sign === "\n" ? sign : spell(sign),
  );
}

function spell(sign: string): string {
  return Array.from({ length: sign.length }, (_, index) => {
    const unit = sign.charCodeAt(index).toString(16).padStart(4, "0");
    return `\\u${unit}`;
  }).join("");
}
