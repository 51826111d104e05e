import { describe, expect, it, onTestFinished } from "vitest";
import { deliverAlert, type AlertReport } from "#server/utils/alerts/deliver-alert";
import type { SystemContext } from "#server/utils/context";
import { listen } from "../../helpers/listen";
import { createRecordingLog } from "../../helpers/recording-log";

const REPORT: AlertReport = { kind: "number_paused", phoneNumberId: "p-1", code: 190, runId: "r-1" };

async function receive(status: number) {
  const bodies: unknown[] = [];
  const listening = await listen((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => (body += part));
    request.on("end", () => {
      bodies.push(JSON.parse(body));
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end();
    });
  });
  onTestFinished(listening.stop);
  return { ...listening, bodies };
}

function contextWith(alertUrl: string | undefined) {
  const { log, lines } = createRecordingLog();
  return { ctx: { log, config: { alertUrl } } as unknown as SystemContext, lines };
}

describe("deliverAlert", () => {
  it("says it in the log when nobody else is to be told", async () => {
    const { ctx, lines } = contextWith(undefined);
    expect(await deliverAlert(ctx, REPORT)).toBe(false);
    expect(lines).toEqual(["alert: kind number_paused phone_number_id p-1 code 190 run_id r-1"]);
  });

  it("posts ids and codes, and nothing else", async () => {
    const receiver = await receive(200);
    const { ctx, lines } = contextWith(`${receiver.url}/hook?token=secret-token`);
    expect(await deliverAlert(ctx, REPORT)).toBe(true);
    await deliverAlert(ctx, {
      kind: "function_failed",
      functionId: "wamcp-send-message",
      code: "unavailable",
    });
    expect(receiver.bodies).toEqual([
      { kind: "number_paused", phone_number_id: "p-1", code: 190, run_id: "r-1" },
      { kind: "function_failed", function_id: "wamcp-send-message", code: "unavailable" },
    ]);
    expect(lines.join()).not.toContain("secret-token");
  });

  it.each([302, 400, 500])(
    "fails when the receiver answers %i, so that Inngest tries again",
    async (status) => {
      const receiver = await receive(status);
      const { ctx } = contextWith(receiver.url);
      await expect(deliverAlert(ctx, REPORT)).rejects.toMatchObject({ code: "unavailable" });
    },
  );

  it("fails when nobody is there, without naming the address", async () => {
    const receiver = await receive(200);
    await receiver.stop();
    const { ctx } = contextWith(`${receiver.url}/secret-path`);
    const error = await deliverAlert(ctx, REPORT).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: "unavailable" });
    expect(String(error)).not.toContain("secret-path");
  });
});
