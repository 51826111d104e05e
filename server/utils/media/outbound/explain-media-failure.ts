import type { SendError } from "../../meta/send-outcome";
import type { MediaFailure, MediaReason } from "../media-failure";

const WORDS: Readonly<Record<MediaReason, readonly [message: string, advice: string]>> = {
  too_large: ["The file is larger than WhatsApp takes.", "Send a smaller one."],
  type_refused: [
    "The file is not of a type that WhatsApp takes for this kind.",
    "Send another type or kind.",
  ],
  dimensions_refused: ["A sticker must have 512 by 512 pixels.", "Send one of that size."],
  address_refused: [
    "The file's address may not be fetched.",
    "Give an https address on the public internet, on port 443 and without a password.",
  ],
  redirects: ["The file's address redirects too often.", "Give the address at which the file really is."],
  not_found: ["There is no such file.", "Give an https address, or the media id of a file that is ready."],
  expired: ["The file is no longer there.", "Give it again."],
  hash_mismatch: ["The file arrived damaged.", "Give it again."],
  size_mismatch: ["The file arrived damaged.", "Give it again."],
  timeout: ["The file did not arrive in time.", "Try once more, or give another address."],
  host_not_found: [
    "The host in the file's address (url) does not exist.",
    "Check the spelling of the host, or give another address.",
  ],
  certificate: [
    "The host in the file's address (url) has no certificate that can be trusted.",
    "Have its certificate mended, or give another address.",
  ],
  unreachable: [
    "The file's address does not give the file.",
    "Check that anybody can fetch it without logging in.",
  ],
  refused_by_meta: ["WhatsApp refuses the file.", "Check its encoding, or send another type."],
  storage: ["The server cannot keep or read files at the moment.", "Tell the operator."],
  no_access: ["The server may not fetch this file.", "Tell the operator."],
};

/** A failure in our words, with what exactly is wrong: field, limit and value. */
export function explainMediaFailure({ reason, more }: MediaFailure): SendError & { readonly advice: string } {
  const [message, advice] = WORDS[reason];
  const { field, limit, value } = more;
  const given = Object.entries({ field, limit, value }).filter(([, part]) => part !== undefined);
  const details = given.length > 0 ? { details: Object.fromEntries(given) } : {};
  return { reason: `${message} (${reason})`, advice, ...details };
}
