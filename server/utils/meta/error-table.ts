import { ERROR_ADVICE } from "./error-advice";

/**
 * What a Graph error means for a send.
 *
 * - `safe`: certainly not sent; send again later
 * - `ambiguous`: Meta may have sent it
 * - `final`: certainly not sent, and never will be as it is
 * - `human`: certainly not sent, and the account or the token needs a person: nothing more is sent from the number
 */
export type SendErrorClass = "safe" | "ambiguous" | "final" | "human";

/**
 * Who has to wait, and for how long.
 *
 * - `number`: every conversation of the number, from a second on
 * - `recipient`: this one person, 4^X seconds
 * - `waba`, `app`: every number of the account, or of the server, from a minute to an hour
 * - `spam`: every conversation of the number, from an hour to a day
 * - `minute`, `five_minutes`, `ten_minutes`: this message alone
 * - `settle`: nobody knows whether it was sent, so silence decides, not a timer
 * - `none`: it is not sent again by itself
 */
export type Backoff =
  | "number"
  | "recipient"
  | "waba"
  | "app"
  | "spam"
  | "minute"
  | "five_minutes"
  | "ten_minutes"
  | "settle"
  | "none";

/** What is known about an error code. */
export interface SendErrorEntry {
  readonly class: SendErrorClass;
  readonly backoff: Backoff;
  /** What happened, in our words: Meta's own may hold numbers. */
  readonly reason: string;
  /** What an agent should do next. */
  readonly advice: string;
  /** Whether the owner must hear of it although the message itself is over. */
  readonly alerts: boolean;
  /** How many attempts an ambiguous error leaves at most, where Meta gives a number. */
  readonly attemptLimit: number | undefined;
}

type Row = readonly [
  codes: string,
  kind: SendErrorClass,
  backoff: Backoff,
  advice: keyof typeof ERROR_ADVICE,
  reason: string,
  more?: { readonly alerts?: true; readonly attemptLimit?: number },
];

const ALERTS = { alerts: true } as const;

// Meta, "Error codes" (November 2025), the bodies that clients have recorded, and issues. One code stands in one row.
const ROWS: readonly Row[] = [
  ["0", "human", "none", "owner", "the access token is not valid"],
  ["190", "human", "none", "owner", "the access token has expired or was withdrawn"],
  ["104", "human", "none", "owner", "the access token is missing"],
  ["3", "human", "none", "owner", "the app lacks a capability"],
  ["10 200-299", "human", "none", "owner", "the app lacks a permission, or the number is not assigned to it"],
  ["131005", "human", "none", "owner", "access was denied"],
  ["33", "human", "none", "owner", "the business number was deleted"],
  ["368", "human", "none", "owner", "the account is blocked for a policy violation"],
  ["131031", "human", "none", "owner", "the account is locked"],
  ["131037", "human", "none", "owner", "the number needs an approved display name"],
  ["131042 131044", "human", "none", "owner", "there is a problem with the payment"],
  ["131045 133000 133006 133010", "human", "none", "owner", "the number is not registered"],
  ["131063", "human", "none", "owner", "marketing templates are disabled for this account"],
  ["133005 133008 133009", "human", "none", "owner", "the number's PIN was refused"],
  ["134011", "human", "none", "owner", "the terms for payments are not accepted"],
  ["134102", "human", "none", "owner", "the marketing API is not available to this account"],

  ["130429", "safe", "number", "slow_down", "the number sends more than Meta takes at once"],
  ["131056", "safe", "recipient", "one_person", "too many messages to this person in a short time"],
  ["80007", "safe", "waba", "slow_down", "the account's rate limit is reached"],
  ["4 17 613", "safe", "app", "slow_down", "the app's rate limit is reached"],
  ["131208", "safe", "minute", "slow_down", "the group's rate limit is reached"],
  ["139102 139103", "safe", "minute", "wait", "the list of blocked people could not be changed"],
  ["2494100", "safe", "five_minutes", "wait", "the number is in maintenance for some minutes"],
  ["133015", "safe", "five_minutes", "wait", "the number was deleted a moment ago"],
  ["134101", "safe", "ten_minutes", "wait", "the template is still being copied"],

  ["1", "ambiguous", "settle", "uncertain", "Meta failed without saying why", { attemptLimit: 2 }],
  ["131000", "ambiguous", "settle", "uncertain", "something went wrong at Meta", { attemptLimit: 3 }],
  ["2 131016 133004", "ambiguous", "settle", "uncertain", "the service was not available"],
  ["131057", "ambiguous", "settle", "uncertain", "the account is in maintenance for about a minute"],

  ["131048", "final", "spam", "spam", "the number is limited because people reported its messages", ALERTS],
  ["131064", "final", "none", "owner_final", "templates of this account were put into a wrong class", ALERTS],
  ["131030", "final", "none", "allowed_list", "the person is not on the test number's list", ALERTS],
  ["132015", "final", "none", "template_owner", "the template is paused", ALERTS],
  ["132016", "final", "none", "template_owner", "the template is disabled", ALERTS],

  ["131047", "final", "none", "window", "the person's 24-hour window is closed"],
  ["131026", "final", "none", "unreachable", "the message cannot be delivered to this person"],
  ["131021", "final", "none", "recipient", "the recipient is the sender"],
  ["131062", "final", "none", "recipient", "this message needs a phone number, not a user id"],
  ["130403", "final", "none", "owner_final", "the business has blocked this person"],
  ["130497", "final", "none", "owner_final", "the business may not write to this country"],
  ["131049", "final", "none", "marketing", "Meta limits how much marketing this person gets"],
  ["130472", "final", "none", "marketing", "the person is in an experiment of Meta's"],
  ["131050", "final", "none", "no_marketing", "the person has stopped marketing messages"],
  ["131055", "final", "none", "template", "only marketing templates are taken here"],
  ["134100", "final", "none", "template", "only marketing templates are taken here"],
  ["137000", "final", "none", "identity", "the person's identity key has changed"],

  ["100", "final", "none", "correct", "a parameter is not valid"],
  ["131008", "final", "none", "correct", "a required parameter is missing"],
  ["131009", "final", "none", "correct", "the value of a parameter is not valid"],
  ["131051", "final", "none", "correct", "this type of message is not supported"],
  ["135000", "final", "none", "correct", "Meta refused the message without saying why"],
  ["803", "final", "none", "owner_final", "the number or the object does not exist for this token"],
  ["131052", "final", "none", "media", "the file could not be fetched"],
  ["131053", "final", "none", "media", "the file could not be uploaded"],
  ["131036", "final", "none", "correct", "the message's content was gone before it could be sent"],

  ["132000 132012 132018", "final", "none", "template", "the template's parameters do not fit"],
  ["132001", "final", "none", "template", "there is no such approved template in this language"],
  ["132005", "final", "none", "template", "the template's text becomes too long"],
  ["132007", "final", "none", "template_owner", "the template breaks a policy"],
  ["132008", "final", "none", "template", "the value of a template parameter is not valid"],
  ["132068 132069", "final", "none", "flow", "the flow is blocked or throttled"],
  ["139000-139004", "final", "none", "flow", "the flow cannot be used"],

  ["130501 131020 131041 131201-131207 131209-131215", "final", "none", "elsewhere", "an error about groups"],
  ["131035 131059 131060", "final", "none", "elsewhere", "an error that is not about sending"],
  ["133016", "final", "none", "elsewhere", "the number was registered too often"],
  ["138000-138025", "final", "none", "elsewhere", "an error about calls"],
  ["139100 139101", "final", "none", "elsewhere", "an error about blocking people"],
  ["147001-147005", "final", "none", "elsewhere", "an error about usernames"],
  ["2388000-2388999 2593107 2593108", "final", "none", "elsewhere", "an error about managing templates"],
  ["1752041", "final", "none", "elsewhere", "the account is being set up already"],
];

interface Range {
  readonly first: number;
  readonly last: number;
  readonly entry: SendErrorEntry;
}

/** Every code that Meta names, by range. */
export const ERROR_TABLE: readonly Range[] = ROWS.flatMap(
  ([codes, errorClass, backoff, advice, reason, more = {}]) => {
    const entry: SendErrorEntry = {
      class: errorClass,
      backoff,
      reason,
      advice: ERROR_ADVICE[advice],
      alerts: more.alerts ?? false,
      attemptLimit: more.attemptLimit,
    };
    return codes.split(" ").map((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return { first, last, entry };
    });
  },
);
