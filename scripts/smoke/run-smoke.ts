import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { ConfigError } from "#server/utils/config-error";
import { readEnvironment } from "#server/utils/read-environment";
import { formatReport } from "../checks/format-report";
import { runChecks } from "../checks/run-checks";
import { connectLegacy } from "./connect-legacy";
import { connectModern } from "./connect-modern";
import type { SmokeClient, SmokeContext } from "./smoke-context";
import { STEPS } from "./steps";

export interface SmokeIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

const USAGE = `Plays a round trip against a server that was just deployed.

  wamcp-smoke [--url <address>] [--to <contact>] [--from <number>] [--within <seconds>] [--reply <seconds>] [--json]

  --url      where the server is; PUBLIC_URL when left out
  --to       the test contact: a phone number with its country code, or an id; WAMCP_SMOKE_TO when left out
  --from     Meta's id of the number that sends, for a key that has several
  --within   how long the message may take to be delivered; 60 when left out, 110 at most
  --reply    asks the contact for an answer, and waits that long for it

The API key is in WAMCP_API_KEY. The exit code is 0 when nothing failed, 1 when something did, 2 when the command line or the
environment cannot be used.
`;

const url = v.pipe(
  v.string(),
  v.url("must be a URL"),
  v.transform((value) => value.replace(/\/+$/, "")),
);
const EnvironmentSchema = v.object({
  PUBLIC_URL: url,
  WAMCP_API_KEY: v.string(),
  WAMCP_SMOKE_TO: v.optional(v.string()),
});
const seconds = (longest: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.minValue(1), v.maxValue(longest));
const OptionsSchema = v.object({
  url: v.optional(v.string()),
  to: v.optional(v.string()),
  from: v.optional(v.string()),
  within: v.optional(seconds(110), "60"),
  reply: v.optional(seconds(600)),
  json: v.optional(v.boolean(), false),
  help: v.optional(v.boolean(), false),
});
type Options = v.InferOutput<typeof OptionsSchema>;

/** Runs the command line and resolves to its exit code: 0; 1 when a step failed; 2 when it cannot be used. */
export async function runSmoke(argv: readonly string[], io: SmokeIo): Promise<0 | 1 | 2> {
  const options = readOptions(argv);
  if (options === undefined) {
    io.stderr.write('wamcp-smoke: this cannot be used. Run "wamcp-smoke --help" to see how it is.\n');
    return 2;
  }
  if (options.help) {
    io.stdout.write(USAGE);
    return 0;
  }
  try {
    const { ctx, close } = createContext(options, io.env);
    const results = await runChecks(STEPS, ctx).finally(close);
    io.stdout.write(formatReport(results, new Date(), options.json));
    return results.some(({ status }) => status === "failed") ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr.write(`wamcp-smoke: ${error.message}\n`);
    return 2;
  }
}

function readOptions(argv: readonly string[]): Options | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({
      // What `pnpm run smoke -- ...` passes on.
      args: argv[0] === "--" ? argv.slice(1) : [...argv],
      options: {
        url: text,
        to: text,
        from: text,
        within: text,
        reply: text,
        json: flag,
        help: { ...flag, short: "h" },
      },
    });
    const parsed = v.safeParse(OptionsSchema, values);
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function createContext(
  options: Options,
  env: SmokeIo["env"],
): { ctx: SmokeContext; close: () => Promise<void> } {
  const given = options.url === undefined ? env : { ...env, PUBLIC_URL: options.url };
  const {
    PUBLIC_URL: address,
    WAMCP_API_KEY: apiKey,
    WAMCP_SMOKE_TO: to,
  } = readEnvironment(EnvironmentSchema, given);
  const open: Promise<SmokeClient>[] = [];
  const once = (connect: typeof connectModern) => {
    let client: Promise<SmokeClient> | undefined;
    return () => {
      if (!client) open.push((client = connect(`${address}/mcp`, apiKey)));
      return client;
    };
  };
  const ctx: SmokeContext = {
    url: address,
    to: options.to ?? to,
    from: options.from,
    deliverWithinS: options.within,
    replyWithinS: options.reply,
    legacy: once(connectLegacy),
    modern: once(connectModern),
    sent: {},
  };
  const close = async (): Promise<void> => {
    await Promise.allSettled(open.map(async (client) => (await client).close()));
  };
  return { ctx, close };
}
