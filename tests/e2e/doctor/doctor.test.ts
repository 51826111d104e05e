import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOCTOR_FAULTS } from "#tests/helpers/doctor/faults";
import { openClinic, type Clinic, type Examination } from "#tests/helpers/doctor/open-clinic";
import { buildDoctor } from "../../../scripts/build-doctor";
import { CHECKS } from "../../../scripts/doctor/checks";

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
});
afterAll(() => clinic?.close());

const secretsOf = ({ stack, env, logins }: Clinic): string[] => [
  ...Object.values(stack.secrets),
  stack.apiKey,
  env.INNGEST_EVENT_KEY ?? "",
  env.INNGEST_SIGNING_KEY ?? "",
  new URL(logins.system).password,
  new URL(logins.client).password,
  // The business's number, in no spelling.
  "15550783881",
  "555-078",
];

const describeBad = (checks: Examination["checks"]): string =>
  JSON.stringify(
    checks.filter(({ status }) => status !== "ok" && status !== "skipped"),
    null,
    1,
  );

describe("the doctor", () => {
  it("finds nothing wrong where nothing is, and looks at everything", async () => {
    const { code, status, checks, complaints } = await clinic.examine();
    expect(complaints, describeBad(checks)).toEqual([]);
    expect(checks.map(({ id, status: found }) => `${id} ${found}`)).toEqual(
      CHECKS.map(({ id }) => `${id} ok`),
    );
    expect({ code, status }).toEqual({ code: 0, status: "ok" });
  });

  it.each(DOCTOR_FAULTS)("names $name, and nothing else: $names", async ({ names, strike }) => {
    const { env, around, undo } = await strike(clinic);
    try {
      const startedMs = performance.now();
      const { code, text, checks, complaints } = await clinic.examine(env, around);
      const isPassedOver = names.endsWith(" skipped");
      expect(complaints, describeBad(checks)).toEqual(isPassedOver ? [] : [names]);
      expect(checks.map(({ id, status }) => `${id} ${status}`)).toContain(names);
      expect(code).toBe(names.endsWith("failed") ? 1 : 0);
      // Two that wait for each other, at the worst, and what a busy machine adds.
      expect(performance.now() - startedMs).toBeLessThan(25_000);
      const found = checks.find(({ id }) => names.startsWith(`${id} `));
      expect((found?.mend?.length ?? 0) > 10).toBe(!isPassedOver);
      for (const secret of secretsOf(clinic)) expect(text).not.toContain(secret);
    } finally {
      await undo?.();
    }
  });

  it("says that a delivery does not get as far as the server", async () => {
    clinic.front.answer(403, "POST");
    const { checks } = await clinic
      .examine({ META_MTLS: "off" })
      .finally(() => clinic.front.answer(undefined));
    expect(checks.find(({ id }) => id === "webhook-signature")?.says).toBe(
      "Something before the server refuses deliveries (HTTP 403).",
    );
  });

  it("runs as the file that ships, far from any node_modules", async () => {
    const { stack, env, folder } = clinic;
    const { file } = await buildDoctor(join(folder, "wamcp-doctor.mjs"));
    await stack.phones.configure({ webhook_url: stack.webhookUrl });
    const variables = { ...env, PUBLIC_URL: stack.origin, PATH: process.env.PATH ?? "" };
    const run = promisify(execFile)(process.execPath, [file, "--json"], { cwd: folder, env: variables });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    await stack.phones.configure({ webhook_url: `${env.PUBLIC_URL}/webhook/meta` });
    const { checks } = JSON.parse(stdout) as Examination;
    // How full this machine is, nobody knows.
    const others = checks.filter(({ id, status }) => status !== "ok" && id !== "disk");
    expect(others.map(({ id, status }) => `${id} ${status}`)).toEqual(["dns skipped", "certificate skipped"]);
  });

  it("leaves nothing that somebody has to look at", async () => {
    const [row] = await clinic.sql`select count(*)::int as count from webhook_inbox where state = 'dead'`;
    expect(row).toEqual({ count: 0 });
  });

  it("finds nothing wrong once everything is mended", async () => {
    expect((await clinic.examine()).complaints).toEqual([]);
  });
});
