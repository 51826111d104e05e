import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { CHECKS } from "../../../../scripts/doctor/checks";
import { runDoctor } from "../../../../scripts/doctor/run-doctor";

function createSink(): { stream: Writable; text: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString("utf8");
      done();
    },
  });
  return { stream, text: () => text };
}

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [stdout, stderr] = [createSink(), createSink()];
  const code = await runDoctor(argv, { env, stdout: stdout.stream, stderr: stderr.stream });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

describe("runDoctor", () => {
  it("names everything that the configuration lacks, and passes over the rest", async () => {
    const { code, stdout } = await run(["--json"], { META_APP_SECRET: "a-secret" });
    const { status, checks } = JSON.parse(stdout) as {
      status: string;
      checks: { id: string; status: string; says: string }[];
    };
    expect({ code, status }).toEqual({ code: 1, status: "failed" });
    expect(checks.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
    expect(checks[0]).toMatchObject({ id: "configuration", status: "failed" });
    expect(checks[0]?.says).toContain("DATABASE_URL is missing; META_VERIFY_TOKEN is missing");
    expect(checks.slice(1).every((check) => check.status === "skipped")).toBe(true);
    expect(stdout).not.toContain("a-secret");
  });

  it("tells people what is wrong and how to mend it", async () => {
    const { stdout } = await run([]);
    expect(stdout).toMatch(
      /^FAILED {3}Configuration \(configuration\): The server cannot start: .*\n {9}Set what is missing/,
    );
    expect(stdout).toMatch(/\n0 ok, 0 warnings, 1 failed, 28 skipped\n$/);
  });

  it.each([[["--fix"]], [["now"]], [["--json=yes"]]])("refuses %j with 2", async (argv) => {
    expect(await run(argv)).toMatchObject({ code: 2, stdout: "" });
  });

  it("explains itself", async () => {
    expect((await run(["--help"])).stdout).toContain("wamcp-doctor [--json]");
  });
});

describe("the checks", () => {
  it("each stand behind what they need", () => {
    const seen = new Set<string>();
    for (const { id, needs } of CHECKS) {
      expect(
        needs.filter((need) => !seen.has(need)),
        id,
      ).toEqual([]);
      seen.add(id);
    }
    expect(seen.size).toBe(CHECKS.length);
  });

  it.each(["webhook-signature", "inngest-signing-key"])("%s has time to ask twice", (name) => {
    const askMs = 4_000;
    expect(CHECKS.find(({ id }) => id === name)?.timeoutMs).toBeGreaterThan(2 * askMs);
  });
});
