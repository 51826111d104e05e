const LINE_WIDTH = 110;
// A list of plain values, spread over lines.
const SPREAD_LIST = /^(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm;

/** JSON as this repository's formatter writes it: short lists of plain values on one line. */
export function printJson(value: unknown): string {
  const spread = JSON.stringify(value, null, 2);
  const printed = spread.replace(SPREAD_LIST, (whole, before: string, items: string, after: string) => {
    const line = `${before}[${items
      .trim()
      .split(/,\n\s*/)
      .join(", ")}]${after}`;
    return line.length <= LINE_WIDTH ? line : whole;
  });
  return `${printed}\n`;
}
