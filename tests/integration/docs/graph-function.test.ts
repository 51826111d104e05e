import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";
import { runProgram } from "#tests/helpers/deploy/run-program";
import { type Simulator, startSimulator } from "#simulator/start-simulator";

const TOKEN = "EAAcanaryOfTheToken";
const PIN = "271828";
const NUMBER = "106540352242922";
const WABA = "102290129340398";
const PAGES = ["meta-setup.md", "phone-number-onboarding.md"];

interface Asked {
  readonly call: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

const asked: Asked[] = [];
let folder: string;
let simulator: Simulator;
let server: Server;
let definition: string;
let lines: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graph-function-"));
  await writeFile(join(folder, "token"), TOKEN, { mode: 0o400 });
  // Notes what everybody on the host could read, and does what curl does.
  await writeFile(
    join(folder, "curl"),
    `#!/bin/bash\nprintf '%s\\n' "$@" >>"$NOTES"\nPATH=\${PATH#*:} exec curl "$@"\n`,
  );
  await chmod(join(folder, "curl"), 0o755);
  const secrets = { appSecret: "app-secret", verifyToken: "verify", accessToken: TOKEN };
  simulator = await startSimulator({
    ...secrets,
    wabaId: WABA,
    numbers: [{ id: NUMBER, display: "15550783881" }],
  });
  server = createServer(async (request, response) => {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    const { method, url, headers } = request;
    asked.push({ call: `${method} ${url}`, authorization: headers.authorization, body });
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const pages = await Promise.all(
    PAGES.map((name) =>
      readFile(fileURLToPath(new URL(`../../../docs/operations/${name}`, import.meta.url)), "utf8"),
    ),
  );
  const text = pages.join("\n");
  definition = /^graph\(\) \{\n[\s\S]*?^\}$/m.exec(text)?.[0] ?? "";
  // In blocks of commands, and within a sentence.
  const commands = [...text.matchAll(/^ +((?:.*\| )?graph .*)$|`(graph .*?)`/gm)];
  lines = commands.map(([, line = "", words = ""]) => line || words);
});

afterAll(async () => {
  await simulator.close();
  server.close();
  await rm(folder, { recursive: true });
});

function run(script: string, graph: string) {
  const commands = `set -eo pipefail\n${definition}\n${script}`
    .replaceAll("https://graph.facebook.com", graph)
    .replaceAll("/run/wamcp/secrets/meta-access-token", join(folder, "token"))
    .replaceAll("<id>", NUMBER)
    .replaceAll("<WABA id>", WABA);
  const env = { PATH: `${folder}:${process.env["PATH"]}`, NOTES: join(folder, "notes") };
  return runProgram("bash", ["-c", commands], env, `${PIN}\n${PIN}\n`);
}

describe.runIf(hasPrograms("bash", "curl"))("the function graph", () => {
  it("asks Meta for all that the pages ask, and puts neither the token nor a PIN on a command line", async () => {
    expect(lines.length).toBeGreaterThan(6);
    const { port } = server.address() as AddressInfo;
    expect(await run(lines.join("\n"), `http://127.0.0.1:${port}`)).toMatchObject({ code: 0 });
    expect(asked.map(({ call }) => call)).toEqual([
      `GET /v23.0/debug_token?input_token=${TOKEN}`,
      `POST /v23.0/${WABA}/subscribed_apps`,
      `GET /v23.0/${WABA}/subscribed_apps`,
      `POST /v23.0/${NUMBER}/request_code`,
      `POST /v23.0/${NUMBER}/verify_code`,
      `POST /v23.0/${NUMBER}/register`,
      `GET /v23.0/${NUMBER}?fields=status,platform_type,name_status,quality_rating,health_status`,
      `POST /v23.0/${NUMBER}/deregister`,
    ]);
    expect(asked.map(({ authorization }) => authorization)).toEqual(asked.map(() => `Bearer ${TOKEN}`));
    const bodies = Object.fromEntries(asked.map(({ call, body }) => [call.split("/").at(-1), body]));
    expect(bodies).toMatchObject({
      request_code: "code_method=SMS&language=en_US",
      verify_code: `code=${PIN}`,
      register: `messaging_product=whatsapp&pin=${PIN}`,
    });
    const notes = await readFile(join(folder, "notes"), "utf8");
    expect(notes).toContain("subscribed_apps");
    expect(notes).not.toContain(TOKEN);
    expect(notes).not.toContain(PIN);
  });

  it.each([
    ["debug_token", { data: { is_valid: true, expires_at: 0 } }],
    ["subscribed_apps --request POST", { success: true }],
    ["subscribed_apps$", { data: [{ whatsapp_business_api_data: {} }] }],
    ["fields=status", { status: "CONNECTED", platform_type: "CLOUD_API" }],
  ])("has its answer from the Graph API: %s", async (pattern, answer) => {
    const line = lines.find((one) => new RegExp(pattern).test(one.replaceAll('"', ""))) ?? "";
    const { code, stdout } = await run(line, simulator.url);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(answer);
  });

  it("fails when Meta refuses", async () => {
    const { code, stdout } = await run("graph 1", simulator.url);
    expect(code).toBe(22);
    expect(JSON.parse(stdout)).toHaveProperty("error.code");
  });
});
