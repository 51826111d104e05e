import { inspectToken } from "#server/utils/meta/inspect-token";
import { TOKEN_CODES } from "#server/utils/meta/token-codes";
import type { DoctorCheck } from "../doctor-check";

const TIMEOUT_MS = 4_000;

/** One of the app secrets is the app's own: Meta lets an app ask with its id and its secret, and with no other. */
export const appSecret: DoctorCheck = {
  id: "app-secret",
  title: "App secret",
  needs: ["access-token"],
  async run({ config, graph }) {
    const said = await graph.token();
    const appId = said.kind === "inspected" ? said.report.appId : undefined;
    if (appId === undefined)
      return { status: "skipped", says: "Meta does not say which app the token is of." };
    const address = { ...config.graph, timeoutMs: TIMEOUT_MS };
    const answers = await Promise.all(
      config.meta.appSecrets.map((secret) =>
        inspectToken(address, config.meta.accessToken, `${appId}|${secret}`),
      ),
    );
    if (answers.some(({ kind }) => kind === "inspected"))
      return { status: "ok", says: `It is that of app ${appId}, to which the token belongs.` };
    if (answers.some(({ kind }) => kind === "unreachable"))
      return { status: "warning", says: "Meta did not answer in time.", mend: "Run the doctor again." };
    const other = answers.find((answer) => answer.kind === "refused" && !TOKEN_CODES.has(answer.code));
    if (other?.kind === "refused")
      return {
        status: "warning",
        says: `Meta did not say whether it takes the app secret (code ${other.code ?? "unknown"}).`,
        mend: "Run the doctor again.",
      };
    return {
      status: "failed",
      says: `META_APP_SECRET is not the secret of app ${appId}, to which the token belongs: every webhook is refused.`,
      mend: "Copy the secret from the app's dashboard (App settings, Basic), set META_APP_SECRET and restart.",
      see: "docs/operations/meta-setup.md",
    };
  },
};
