const OURS = /^wamcp:media\/([0-9a-f-]{36})$/;

/** The source of a file that is one of ours already, by its id. */
export const mediaSource = {
  of: (mediaId: string): string => `wamcp:media/${mediaId}`,
  /** The id in a source; undefined for an address on the internet. */
  read: (source: string): string | undefined => OURS.exec(source)?.[1],
};
