/** How far a reader of the change feed has come, which its cursor carries. */
export interface Bookmark {
  /** Everything up to this place was returned, whatever the filter. */
  readonly seq: number;
  /** Except what was unread when the reading began: with it, that is still to come. */
  readonly withUnread: boolean;
  /** What a filtered reading returned beyond: everything of this conversation or number, up to a place of its own. */
  readonly ahead?: { readonly scopeId: string; readonly seq: number };
}
