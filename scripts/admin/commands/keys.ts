import type { CommandGroup } from "../to-citty";
import { listKeysCommand } from "./keys/list-keys-command";
import { mintKeyCommand } from "./keys/mint-key-command";
import { revokeKeyCommand } from "./keys/revoke-key-command";
import { rotateKeyCommand } from "./keys/rotate-key-command";
import { scanKeysCommand } from "./keys/scan-keys-command";
import { setKeyCommand } from "./keys/set-key-command";

/** API keys: mint, list, set, revoke, rotate, scan. */
export const keys: CommandGroup = {
  description: "API keys: mint, list, set, revoke, rotate, scan.",
  commands: {
    mint: mintKeyCommand,
    list: listKeysCommand,
    set: setKeyCommand,
    revoke: revokeKeyCommand,
    rotate: rotateKeyCommand,
    scan: scanKeysCommand,
  },
};
