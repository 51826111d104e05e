/** A secret that goes into every key's hash, and its number in `api_keys.pepper_version`. */
export interface Pepper {
  readonly version: number;
  readonly secret: string;
}

/** The pepper of new hashes, and the one before it, which stays good until every key was used once. */
export interface Peppers {
  readonly current: Pepper;
  readonly previous?: Pepper;
}
