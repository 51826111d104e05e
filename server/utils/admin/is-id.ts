const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is one of our ids, and no name. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
