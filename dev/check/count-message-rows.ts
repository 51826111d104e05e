import postgres from "postgres";

/** How many rows of `messages` hold one of these texts. */
export async function countMessageRows(databaseUrl: string, texts: string[]): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const [row] = await sql<
      { count: number }[]
    >`select count(*)::int as count from messages where text = any(${texts})`;
    return row?.count ?? 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
