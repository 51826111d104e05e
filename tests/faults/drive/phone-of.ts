/** The phone of one of the people, as Meta writes it. */
export function phoneOf(person: number): string {
  return `1650555${String(1000 + person)}`;
}
