import { randomBytes } from "node:crypto";

/** The secrets of one local stack, made anew each time. */
export interface StackSecrets {
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly accessToken: string;
  readonly pepper: string;
  readonly mediaUrlSecret: string;
}

export function createStackSecrets(): StackSecrets {
  const random = (): string => randomBytes(24).toString("hex");
  return {
    appSecret: random(),
    verifyToken: random(),
    accessToken: random(),
    pepper: random(),
    mediaUrlSecret: random(),
  };
}
