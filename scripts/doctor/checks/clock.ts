import { withTimeout } from "#server/utils/with-timeout";
import type { DoctorCheck } from "../doctor-check";
import type { DoctorContext } from "../doctor-context";

// Meta's header has whole seconds, and the way there takes some time.
const WARN_MS = 5_000;
const FAIL_MS = 30_000;
// A database that is away is another check's matter.
const DATABASE_TIMEOUT_MS = 3_000;

/** This host's clock agrees with Meta's and the database's. */
export const clock: DoctorCheck = {
  id: "clock",
  title: "Clock",
  needs: [],
  async run(ctx) {
    const offsets = (await Promise.all([compareWithDatabase(ctx), compareWithMeta(ctx)])).flatMap((offset) =>
      offset === undefined ? [] : [Math.abs(offset)],
    );
    if (offsets.length === 0)
      return { status: "skipped", says: "Neither the database nor Meta tells the time." };
    const worstMs = Math.max(...offsets);
    if (worstMs <= WARN_MS)
      return { status: "ok", says: "It agrees with Meta and the database within seconds." };
    return {
      status: worstMs > FAIL_MS ? "failed" : "warning",
      says: `It is ${Math.round(worstMs / 1000)} s away from Meta's or the database's: signatures and certificates are judged wrongly.`,
      mend: "timedatectl set-ntp true, and see with timedatectl that the clock is synchronised.",
      see: "docs/operations/incidents.md",
    };
  },
};

async function compareWithDatabase({ database, around }: DoctorContext): Promise<number | undefined> {
  const asked = withTimeout(database.readTimeMs(), DATABASE_TIMEOUT_MS, "the database");
  const timeMs = await asked.catch(() => undefined);
  return timeMs === undefined ? undefined : around.now().getTime() - timeMs;
}

async function compareWithMeta({ graph, around }: DoctorContext): Promise<number | undefined> {
  const said = await graph.token();
  const date = said.kind === "inspected" ? said.report.date : said.kind === "refused" ? said.date : undefined;
  return date ? around.now().getTime() - date.getTime() : undefined;
}
