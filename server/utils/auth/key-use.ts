/** When and from where a key was used last. */
export interface KeyUse {
  readonly at: Date;
  readonly address: string;
}
