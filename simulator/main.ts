import { defineCommand, runMain } from "citty";
import { parseInput } from "./control/parse-input";
import { SettingsPatchSchema, type SettingsPatch } from "./core/settings";
import type { NumberOptions } from "./core/simulator-options";
import { startSimulator } from "./start-simulator";

const text = (description: string) => ({ type: "string" as const, description });

const main = defineCommand({
  meta: {
    name: "simulator",
    description: "WhatsApp's Cloud API on this machine, with a phone to write from",
  },
  args: {
    host: text("address to listen on (127.0.0.1)"),
    port: text("port to listen on (4010; 0 takes a free one)"),
    "webhook-url": text("the business's callback"),
    "app-secret": text("signs webhooks; better given as SIMULATOR_APP_SECRET"),
    "verify-token": text("for the handshake; better given as SIMULATOR_VERIFY_TOKEN"),
    "access-token": text("the Graph token; better given as SIMULATOR_ACCESS_TOKEN"),
    "phone-number-id": text("id of the business number (106540352242922)"),
    "display-number": text("the business number (15550783881)"),
    number: text("another number as id:display or id:display:name; may be repeated"),
    "waba-id": text("id of the business account (102290129340398)"),
    speed: text("divides the delays of statuses and retries (1)"),
    settings: text("other settings to start with, as JSON"),
  },
  async run({ args, rawArgs }) {
    const simulator = await startSimulator({
      host: option(args, "host", "127.0.0.1"),
      port: wholeNumber(option(args, "port", "4010"), "port"),
      webhookUrl: option(args, "webhook-url", ""),
      appSecret: required(args, "app-secret"),
      verifyToken: required(args, "verify-token"),
      accessToken: required(args, "access-token"),
      numbers: numbersOf(args, rawArgs),
      wabaId: option(args, "waba-id", "102290129340398"),
      settings: {
        ...readSettings(option(args, "settings", "{}")),
        speed: positive(option(args, "speed", "1"), "speed"),
      },
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => void simulator.close().finally(() => process.exit(0)));
    }
    process.stderr.write(`simulator ready ${simulator.url}\n`);
  },
});

void runMain(main);

/** A flag, else its variable (`--app-secret`: SIMULATOR_APP_SECRET), else the default. */
function option(args: Record<string, unknown>, name: string, fallback: string): string {
  const flag = args[name];
  if (typeof flag === "string" && flag !== "") return flag;
  return process.env[`SIMULATOR_${name.toUpperCase().replaceAll("-", "_")}`] || fallback;
}

function required(args: Record<string, unknown>, name: string): string {
  const value = option(args, name, "");
  if (value !== "") return value;
  throw new Error(`give --${name} or SIMULATOR_${name.toUpperCase().replaceAll("-", "_")}`);
}

function numbersOf(args: Record<string, unknown>, rawArgs: string[]): NumberOptions[] {
  const id = option(args, "phone-number-id", "106540352242922");
  const numbers: NumberOptions[] = [{ id, display: option(args, "display-number", "15550783881") }];
  // The parser keeps only the last of a repeated flag.
  const flags = rawArgs.flatMap((arg, index) => {
    if (arg === "--number") return rawArgs[index + 1] ?? [];
    return arg.startsWith("--number=") ? arg.slice("--number=".length) : [];
  });
  const more = flags.length > 0 ? flags : (process.env.SIMULATOR_NUMBER ?? "").split(",").filter(Boolean);
  for (const entry of more) {
    const [moreId = "", display = "", name = ""] = entry.split(":");
    if (moreId === "" || !/\d/.test(display)) throw new Error(`--number takes id:display, not ${entry}`);
    numbers.push({ id: moreId, display, ...(name === "" ? {} : { name }) });
  }
  return numbers;
}

function wholeNumber(value: string, name: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new Error(`--${name} takes a whole number`);
  return number;
}

function positive(value: string, name: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new Error(`--${name} takes a number above zero`);
  return number;
}

function readSettings(json: string): SettingsPatch {
  return parseInput(SettingsPatchSchema, JSON.parse(json));
}
