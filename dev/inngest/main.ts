import { defineCommand, runMain } from "citty";
import { createConsola } from "consola";
import { startEngine } from "./start-engine";

/** The command line of the local engine: `tsx dev/inngest/main.ts --database-url … --sdk-url …`. */
const command = defineCommand({
  meta: {
    name: "local-inngest",
    description:
      "Run Inngest functions on this machine, with their state in PostgreSQL. For development and tests only.",
  },
  args: {
    host: { type: "string", default: "127.0.0.1", description: "Address to listen on" },
    port: { type: "string", default: "8288", description: "Port to listen on; 0 takes a free one" },
    "database-url": {
      type: "string",
      required: true,
      description: "PostgreSQL database that keeps the state",
    },
    "sdk-url": {
      type: "string",
      description: "Handler of an app to register; may be repeated or a comma-separated list",
    },
    "signing-key": {
      type: "string",
      description: "Keyed mode: sign calls, check answers (INNGEST_SIGNING_KEY)",
    },
    "event-key": { type: "string", description: "Keyed mode: the event key to accept (INNGEST_EVENT_KEY)" },
    "retry-interval": {
      type: "string",
      description: "Seconds between attempts instead of Inngest's backoff",
    },
  },
  async run({ args, rawArgs }) {
    // The level is fixed: the ready line is waited for, also under test runners, where consola says less.
    const log = createConsola({ level: 3, stdout: process.stderr, stderr: process.stderr }).withTag(
      "inngest",
    );
    const signingKey = args["signing-key"] ?? process.env["INNGEST_SIGNING_KEY"];
    const eventKey = args["event-key"] ?? process.env["INNGEST_EVENT_KEY"];
    const retryInterval = Number(args["retry-interval"]);
    const engine = await startEngine({
      databaseUrl: args["database-url"],
      host: args.host,
      port: Number(args.port),
      sdkUrls: readAll(rawArgs, "sdk-url"),
      ...(signingKey ? { signingKey, eventKeys: eventKey ? [eventKey] : [] } : {}),
      ...(retryInterval > 0 ? { retryIntervalMs: retryInterval * 1000 } : {}),
      log: (line) => log.info(line),
    });
    log.warn(
      "local engine for development and tests on one machine; it is not Inngest and not for production",
    );
    log.ready(`listening on ${engine.url} (${signingKey ? "keyed" : "dev"} mode)`);
    await untilSignal();
    await engine.close();
    process.exit(0);
  },
});

await runMain(command);

/** Every value of a repeated option; citty keeps only the last. */
function readAll(rawArgs: readonly string[], name: string): string[] {
  return rawArgs.flatMap((argument, index) => {
    if (argument.startsWith(`--${name}=`)) return argument.slice(name.length + 3).split(",");
    return argument === `--${name}` ? (rawArgs[index + 1] ?? "").split(",") : [];
  });
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}
