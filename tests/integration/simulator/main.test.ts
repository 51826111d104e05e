import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { createControlClient } from "#simulator/control/create-control-client";

const SECRETS = {
  SIMULATOR_APP_SECRET: "app-secret",
  SIMULATOR_VERIFY_TOKEN: "verify-me",
  SIMULATOR_ACCESS_TOKEN: "EAAtest",
};

let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill("SIGKILL");
});

/** Starts the command and gives its address, or what it said when it ended. */
async function run(args: string[], env: Record<string, string>): Promise<{ url?: string; said: string }> {
  const started = spawn(process.execPath, ["--import", "tsx", "simulator/main.ts", ...args], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = started;
  let said = "";
  return new Promise((resolve) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const url = /simulator ready (\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve({ url, said });
    };
    started.stderr.on("data", hear);
    started.stdout.on("data", hear);
    started.once("exit", () => resolve({ said }));
  });
}

describe("simulator/main.ts", () => {
  it("takes flags and variables, says when it is ready and leaves quickly", async () => {
    const args = [
      "--port",
      "0",
      "--number",
      "2:919812345678:Night Desk",
      "--number=3:+49 151 1234567",
      "--speed",
      "5",
    ];
    const env = {
      ...SECRETS,
      SIMULATOR_PHONE_NUMBER_ID: "1",
      SIMULATOR_WEBHOOK_URL: "http://127.0.0.1:1/hook",
    };
    const { url, said } = await run(args, env);
    expect(said).toContain("simulator ready http://127.0.0.1:");
    const state = await createControlClient(url!).state();
    expect(state.numbers.map(({ id, display_phone_number: display }) => [id, display])).toEqual([
      ["1", "15550783881"],
      ["2", "919812345678"],
      ["3", "491511234567"],
    ]);
    expect(state.numbers[1]?.verified_name).toBe("Night Desk");
    expect(state.settings).toMatchObject({ speed: 5, webhook_url: "http://127.0.0.1:1/hook" });
    const ended = once(child!, "exit");
    child!.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  }, 20_000);

  it("names the secret that is missing", async () => {
    const { url, said } = await run(["--port", "0"], { ...SECRETS, SIMULATOR_APP_SECRET: "" });
    expect(url).toBeUndefined();
    expect(said).toContain("SIMULATOR_APP_SECRET");
  }, 20_000);
});
