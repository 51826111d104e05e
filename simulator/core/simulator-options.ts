import type { Clock } from "./clock";
import type { SettingsPatch } from "./settings";

/** A business phone number to simulate. */
export interface NumberOptions {
  id: string;
  /** Digits; other characters are dropped. */
  display: string;
  /** The verified business name. */
  name?: string;
}

/** What a simulator is started with. */
export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: a free port. */
  port?: number;
  /** The business's callback; may be set later through the settings. */
  webhookUrl?: string;
  appSecret: string;
  verifyToken: string;
  accessToken: string;
  numbers: NumberOptions[];
  wabaId: string;
  appId?: string;
  settings?: SettingsPatch;
  /** For tests. */
  clock?: Clock;
}
