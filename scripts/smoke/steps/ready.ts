import * as v from "valibot";
import { get } from "../get";
import type { SmokeStep } from "../smoke-step";

const ReadinessSchema = v.object({ ready: v.boolean(), checks: v.record(v.string(), v.string()) });
const MEND = "Run the doctor, which finds out why.";

/** The server can do its work. */
export const ready: SmokeStep = {
  id: "ready",
  title: "/ready",
  needs: ["health"],
  async run({ url }) {
    const { status, text } = await get(`${url}/ready`);
    if (status === 403 || status === 404) return { status: "skipped", says: "It is shown on the host only." };
    const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), ReadinessSchema), text);
    if (!answer.success) return { status: "failed", says: `It answers ${status} and no report.`, mend: MEND };
    const bad = Object.entries(answer.output.checks).filter(([, state]) => state !== "ok");
    const says = bad.map(([name, state]) => `${name} is ${state}`).join(", ");
    if (!answer.output.ready) return { status: "failed", says: `It is not ready: ${says}.`, mend: MEND };
    if (bad.length > 0) return { status: "warning", says: `It is ready, but ${says}.`, mend: MEND };
    return { status: "ok", says: "It is ready." };
  },
};
