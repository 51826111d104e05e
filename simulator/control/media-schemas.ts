import * as v from "valibot";
import { MEDIA_KINDS, type MediaKind } from "../media/media-kinds";

const Text = v.pipe(v.string(), v.minLength(1));
// Query parameters are strings.
const Flag = v.optional(
  v.pipe(
    v.union([v.boolean(), v.picklist(["true", "false"])]),
    v.transform((value) => value === true || value === "true"),
  ),
);
const GENERATED_LIMIT_BYTES = 200_000_000;

const common = {
  type: v.picklist(Object.keys(MEDIA_KINDS) as MediaKind[]),
  /** What the phone says the file is; default: what fits the type. */
  mime_type: v.optional(Text),
  caption: v.optional(Text),
  filename: v.optional(Text),
  voice: Flag,
  animated: Flag,
  /** Webhook and Graph tell a hash that the bytes do not have. */
  wrong_sha256: Flag,
  reply_to: v.optional(Text),
  phone_number_id: v.optional(Text),
};

/** A file a person sends, beside its bytes. */
export const MediaDetailsSchema = v.strictObject(common);

/** A file a person sends, beside its bytes. */
export type MediaDetailsInput = v.InferInput<typeof MediaDetailsSchema>;

/** A file a person sends: its bytes in base64, or so many made up ones. */
export const PersonMediaSchema = v.union([
  v.strictObject({ ...common, data_base64: v.pipe(v.string(), v.base64()) }),
  v.strictObject({
    ...common,
    random_bytes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(GENERATED_LIMIT_BYTES)),
    /** The same seed gives the same bytes; default: others each time. */
    seed: v.optional(v.string()),
  }),
]);

/** A file a person sends. */
export type PersonMediaInput = v.InferInput<typeof PersonMediaSchema>;
