import { asList, asObject, asText } from "#server/utils/meta/json";
import type { DoctorCheck } from "../doctor-check";
import { combineFindings } from "../combine-findings";
import type { DoctorContext } from "../doctor-context";
import type { Finding } from "../../checks/finding";

/** The app hears of what happens in each account: without this Meta sends no webhook, and says nothing. */
export const subscription: DoctorCheck = {
  id: "subscription",
  title: "Subscription of the accounts",
  needs: ["token-scopes"],
  async run(ctx) {
    const accounts = [...new Set((await ctx.graph.numbers()).map(({ wabaId }) => wabaId))];
    if (accounts.length === 0)
      return { status: "skipped", says: "There is no number yet (admin numbers add)." };
    const said = await ctx.graph.token();
    const appId = said.kind === "inspected" ? said.report.appId : undefined;
    const findings = await Promise.all(accounts.map((id) => examine(ctx, id, appId)));
    return combineFindings(findings, "The app is subscribed to each.");
  },
};

async function examine(
  { graph }: DoctorContext,
  wabaId: string,
  appId: string | undefined,
): Promise<Finding> {
  const answer = await graph.listSubscribedApps(wabaId);
  if (answer.kind !== "answered")
    return {
      status: "warning",
      says: `Meta does not tell who is subscribed to account ${wabaId}.`,
      mend: "Run the doctor again; see that the account is assigned to the system user.",
      see: "docs/operations/meta-setup.md",
    };
  const apps = asList(answer.body.data).map((app) =>
    asText(asObject(asObject(app).whatsapp_business_api_data).id),
  );
  if (appId === undefined ? apps.length > 0 : apps.includes(appId)) return { status: "ok", says: "" };
  return {
    status: "failed",
    says: `The app is not subscribed to account ${wabaId}: no webhook comes.`,
    mend: `Subscribe it with the function that the page below begins with: graph ${wabaId}/subscribed_apps --request POST`,
    see: "docs/operations/meta-setup.md",
  };
}
