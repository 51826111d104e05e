import { explainFailure } from "../explain-failure";
import { get } from "../get";
import type { SmokeStep } from "../smoke-step";

const MEND = "See that the server and nginx run, and run the doctor, which finds out why.";

/** The process is alive, and is reached over PUBLIC_URL. */
export const health: SmokeStep = {
  id: "health",
  title: "/health",
  needs: [],
  async run({ url }) {
    try {
      const { status } = await get(`${url}/health`);
      if (status === 200) return { status: "ok", says: "It is alive." };
      return { status: "failed", says: `It answers ${status}.`, mend: MEND };
    } catch (error) {
      return { status: "failed", says: `PUBLIC_URL does not answer: ${explainFailure(error)}.`, mend: MEND };
    }
  },
};
