/**
 * A text that somebody may write to do harm. `{canary}` stands for a word that is found nowhere else, so that the text's way
 * can be followed.
 */
export interface Attack {
  readonly label: string;
  readonly text: string;
  /** What a reader must be shown of it; the text itself when left out. */
  readonly reads?: string;
}
