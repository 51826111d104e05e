import type { Interactive } from "./interactive";

/** The words of an interactive message as the person reads them, one part below the other. */
export function interactiveWords(input: Interactive): string {
  const header = "header" in input && input.header?.type === "text" ? [input.header.text] : [];
  const footer = "footer" in input && input.footer !== undefined ? [input.footer] : [];
  return [...header, input.body, ...footer, ...listChoices(input)].join("\n");
}

function listChoices(input: Interactive): string[] {
  switch (input.type) {
    case "buttons":
      return input.buttons.map(({ title }) => `[${title}]`);
    case "list":
      return [`[${input.button}]`, ...input.sections.flatMap(describeSection)];
    case "cta_url":
      return [`[${input.button}] ${input.url}`];
    default:
      return [];
  }
}

function describeSection({ title, rows }: Extract<Interactive, { type: "list" }>["sections"][number]) {
  const lines = rows.map((row) =>
    row.description === undefined ? `- ${row.title}` : `- ${row.title}: ${row.description}`,
  );
  return title === undefined ? lines : [title, ...lines];
}
