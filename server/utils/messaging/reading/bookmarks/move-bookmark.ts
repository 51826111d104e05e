import type { Bookmark } from "./bookmark";

/**
 * The bookmark of a reader that was given everything of a scope up to a place. A filtered reading never moves the place up to
 * which everything was returned, so that another filter goes on from there. Only the last filter is remembered: with a
 * third one in between, something may come again, but nothing is lost.
 *
 * @param scopeId the conversation or number that the reading kept to; undefined when it was not filtered
 */
export function moveBookmark(bookmark: Bookmark, scopeId: string | undefined, seq: number): Bookmark {
  if (scopeId !== undefined) return { ...bookmark, ahead: { scopeId, seq } };
  const { ahead } = bookmark;
  return { seq, withUnread: false, ...(ahead && ahead.seq > seq ? { ahead } : {}) };
}
