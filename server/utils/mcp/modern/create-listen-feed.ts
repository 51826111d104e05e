import type { ServerEvent } from "@modelcontextprotocol/server";
import type { Principal } from "../../auth/principal";
import type { Change, ConversationNews, SystemContext } from "../../context";
import { changesResourceList } from "../changes-resource-list";
import { createCoalescer } from "../coalesce";
import { touchedUris } from "../resources/touched-uris";

const LISTS = ["tools_list_changed", "prompts_list_changed", "resources_list_changed"] as const;

export interface ListenFeedOptions {
  readonly system: Pick<SystemContext, "changes" | "conversationNews">;
  /** What the key may do, as of now. */
  readonly principal: () => Principal;
  /** The addresses that the client asked for. */
  readonly wanted: ReadonlySet<string>;
  readonly publish: (event: ServerEvent) => void;
}

/** What happens, as far as one stream may hear of it. */
export interface ListenFeed {
  /** Tells that a list is another than before. */
  touchList(list: (typeof LISTS)[number]): void;
  end(): void;
}

/** Publishes what one key may see of changes and news, from now on, in bursts once at their start and at most once per window. */
export function createListenFeed({ system, principal, wanted, publish }: ListenFeedOptions): ListenFeed {
  const coalescer = createCoalescer((key) => publish(toEvent(key)));
  // No change, and no news, means that some may have been missed.
  const onChange = (change: Change | undefined): void => {
    const touched = change ? touchedUris(principal(), change) : [...wanted];
    for (const uri of touched) if (wanted.has(uri)) coalescer.touch(uri);
  };
  const onNews = (news: ConversationNews | undefined): void => {
    if (changesResourceList(principal(), news)) coalescer.touch("resources_list_changed");
  };
  const stopHearing = [system.changes.subscribe(onChange), system.conversationNews.subscribe(onNews)];
  return {
    touchList: coalescer.touch,
    end() {
      for (const stop of stopHearing) stop();
      coalescer.end();
    },
  };
}

function toEvent(key: string): ServerEvent {
  const kind = LISTS.find((list) => list === key);
  return kind ? { kind } : { kind: "resource_updated", uri: key };
}
