import type { StackSecrets } from "./stack-secrets";

export const WABA_ID = "102290129340398";
export const PHONE_NUMBER_ID = "106540352242922";
export const DISPLAY_NUMBER = "15550783881";

/** Where everything of one stack is. */
export interface StackUrls {
  /** What everybody calls: the server's own address, or the balancer's when there are several. */
  readonly origin: string;
  /** Each server's own address. */
  readonly origins: readonly string[];
  readonly mcpUrl: string;
  readonly webhookUrl: string;
  readonly simulatorUrl: string;
  readonly inngestUrl: string;
  readonly databaseUrl: string;
  readonly engineDatabaseUrl: string;
}

/** What an Inngest outside development mode and its app share. */
export interface InngestKeys {
  readonly eventKey: string;
  /** Hex of even length. */
  readonly signingKey: string;
}

/** The simulator's environment. */
export function describeSimulator(secrets: StackSecrets): Record<string, string> {
  return {
    SIMULATOR_APP_SECRET: secrets.appSecret,
    SIMULATOR_VERIFY_TOKEN: secrets.verifyToken,
    SIMULATOR_ACCESS_TOKEN: secrets.accessToken,
    SIMULATOR_PHONE_NUMBER_ID: PHONE_NUMBER_ID,
    SIMULATOR_DISPLAY_NUMBER: DISPLAY_NUMBER,
    SIMULATOR_WABA_ID: WABA_ID,
  };
}

/** The environment of the server at one of the addresses. */
export function describeServer(
  secrets: StackSecrets,
  urls: StackUrls,
  origin: string,
  mediaRoot: string,
  inngestKeys: InngestKeys | undefined,
): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: new URL(origin).port,
    PUBLIC_URL: urls.origin,
    DATABASE_URL: urls.databaseUrl,
    GRAPH_API_BASE_URL: urls.simulatorUrl,
    META_APP_SECRET: secrets.appSecret,
    META_VERIFY_TOKEN: secrets.verifyToken,
    META_ACCESS_TOKEN: secrets.accessToken,
    API_KEY_PEPPER: secrets.pepper,
    MEDIA_URL_SECRET: secrets.mediaUrlSecret,
    MEDIA_ROOT: mediaRoot,
    ...(inngestKeys
      ? {
          INNGEST_BASE_URL: urls.inngestUrl,
          INNGEST_EVENT_KEY: inngestKeys.eventKey,
          INNGEST_SIGNING_KEY: inngestKeys.signingKey,
        }
      : { INNGEST_DEV: urls.inngestUrl }),
    INNGEST_SERVE_ORIGIN: urls.origin,
  };
}
