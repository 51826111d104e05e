import type { InngestKeys } from "./stack-environment";

/** How to start a local stack. */
export interface StackOptions {
  /** The server's file: the built one, or Nitro's development server. */
  readonly server: { readonly file: string; readonly args?: (port: number) => string[] };
  /** How many server processes share the database, behind a balancer when there are several; 1 when left out. */
  readonly servers?: number;
  /** A PostgreSQL server to use, by a URL that may create databases; one of its own when left out. */
  readonly adminUrl?: string;
  /** More environment for the servers. */
  readonly serverEnv?: Readonly<Record<string, string>>;
  /** More environment for single servers, in their order. */
  readonly serverEnvs?: readonly Readonly<Record<string, string>>[];
  /** Modules that the servers load before anything else, by URL. */
  readonly serverModules?: readonly string[];
  /** Lets a test move the servers' clocks: `server.tell({ shiftClockMs })`. */
  readonly movableClocks?: boolean;
  /** Runs Inngest with keys, as production does, instead of in development mode. */
  readonly inngestKeys?: InngestKeys;
  /** How soon Inngest tries a run again, in seconds, instead of after 15 and more. */
  readonly inngestRetrySeconds?: number;
  /** How much faster than usual the simulated phones are. */
  readonly simulatorSpeed?: number;
  /** Settings that the simulator starts with, and starts again with after a crash; simulator/README.md names them. */
  readonly simulatorSettings?: Readonly<Record<string, unknown>>;
  readonly log: (line: string) => void;
}
