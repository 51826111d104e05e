import * as v from "valibot";

const Milliseconds = v.pipe(v.number(), v.minValue(0));
const DAY_MS = 24 * 3600 * 1000;
const Count = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What can be changed while the simulator runs. Times are milliseconds; `speed` divides those marked (scaled). */
const SettingsSchema = v.strictObject({
  /** Divides the scaled times: 10 makes statuses and retries ten times faster. */
  speed: v.pipe(v.number(), v.minValue(0.01)),
  webhook_url: v.string(),
  /** From accepting to `sent` (scaled). */
  sent_delay_ms: Milliseconds,
  /** From `sent` to `delivered` (scaled). */
  delivered_delay_ms: Milliseconds,
  /** From `delivered` to `read`, when the chat is open or `auto_read` is on (scaled). */
  read_delay_ms: Milliseconds,
  /** Every person reads every message at once. */
  auto_read: v.boolean(),
  /** An open chat may skip `delivered` (Meta's status page allows it). */
  skip_delivered_when_open: v.boolean(),
  /** 131047 in the answer, as a later `failed` status, or never. */
  window: v.picklist(["sync", "late", "off"]),
  pair_rate: v.boolean(),
  pair_rate_interval_ms: v.pipe(v.number(), v.minValue(1)),
  pair_rate_burst: Count,
  /** Messages per second and number, both directions; 0 switches the limit off. */
  throughput_per_second: v.pipe(v.number(), v.minValue(0)),
  /** Meta's documented trap: a `to` without `+` gets the business number's country code in front. */
  prepend_country_code: v.boolean(),
  /** BSUID fields in webhooks (all traffic since April 2026). */
  include_user_ids: v.boolean(),
  /** `conversation` in statuses, as webhooks v23.0 and older carry it. */
  include_conversation: v.boolean(),
  /** These wa_ids are not on WhatsApp: accepted, then `failed` with 131026. */
  unregistered: v.array(v.string()),
  webhook_concurrency: Count,
  webhook_timeout_ms: v.pipe(v.number(), v.minValue(1)),
  /** Waits before the second, third, ... attempt; the last one repeats (scaled). */
  retry_delays_ms: v.pipe(v.array(Milliseconds), v.minLength(1)),
  /** A webhook older than this is dropped; Meta says seven days. */
  retry_horizon_ms: Milliseconds,
  /** How long a download address lives. */
  media_url_ttl_ms: Milliseconds,
  /** How long the id of an uploaded file lives. */
  media_upload_ttl_ms: Milliseconds,
  /** How long the id of a file that a person sent lives. */
  media_inbound_ttl_ms: Milliseconds,
  /** All files together; beyond it the oldest are dropped. */
  media_limit_bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Where download addresses begin; empty: at the simulator's own address. */
  media_base_url: v.string(),
  /** `url` in the media objects of webhooks (since November 2025). */
  include_media_url: v.boolean(),
  /** A file whose first bytes do not fit its type fails with 131053, as Meta's transcoder has it. */
  check_media_bytes: v.boolean(),
  /** Media by `link` is really fetched; else links are taken on trust. */
  fetch_links: v.boolean(),
  /** Templates made through the Graph API are approved a moment later (scaled); else they stay PENDING. */
  template_auto_approve: v.boolean(),
  /** What `debug_token` says of the access token. */
  token_scopes: v.array(v.string()),
  /** In seconds since 1970, as `debug_token` has it; 0 is never. Past it the token is refused. */
  token_expires_at: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Starts the chance behind faults by probability anew. */
  seed: v.pipe(v.number(), v.integer()),
});

/** The simulator's live settings. */
export type Settings = v.InferOutput<typeof SettingsSchema>;

/** Some of the settings. */
export const SettingsPatchSchema = v.partial(SettingsSchema);

/** Some of the settings. */
export type SettingsPatch = v.InferOutput<typeof SettingsPatchSchema>;

/** Meta's documented numbers where there are any; else times that suit a person who watches. */
export function defaultSettings(): Settings {
  return {
    speed: 1,
    webhook_url: "",
    sent_delay_ms: 20,
    delivered_delay_ms: 40,
    read_delay_ms: 60,
    auto_read: false,
    skip_delivered_when_open: false,
    window: "sync",
    // Cloud API overview: one message in six seconds to the same user, bursts of up to 45.
    pair_rate: true,
    pair_rate_interval_ms: 6000,
    pair_rate_burst: 45,
    throughput_per_second: 80,
    prepend_country_code: true,
    include_user_ids: true,
    include_conversation: true,
    unregistered: [],
    webhook_concurrency: 32,
    webhook_timeout_ms: 20_000,
    retry_delays_ms: [0, 200, 500, 1000, 2000, 5000],
    retry_horizon_ms: 7 * DAY_MS,
    media_url_ttl_ms: 5 * 60_000,
    media_upload_ttl_ms: 30 * DAY_MS,
    media_inbound_ttl_ms: 7 * DAY_MS,
    media_limit_bytes: 256 * 1024 * 1024,
    media_base_url: "",
    include_media_url: true,
    check_media_bytes: true,
    fetch_links: false,
    template_auto_approve: true,
    token_scopes: ["whatsapp_business_management", "whatsapp_business_messaging"],
    token_expires_at: 0,
    seed: 1,
  };
}
