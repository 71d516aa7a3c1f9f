import { body, client } from "@tongban/shared/api/client";
import type { DraftView } from "@tongban/shared/api/types";
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { useSession } from "../session/SessionProvider";
import { DraftKeeper, localShelf, type Kept } from "./keeper";

/** A keeper for the draft that was read, tied to the page: it goes on after a sign-in, when the connection is back, and warns before a tab with unsaved edits is closed. */
export function useKeeper(draft: DraftView, username: string): [DraftKeeper, Kept] {
  const { lapsed } = useSession();
  const keeper = useMemo(() => {
    const path = { id: draft.id };
    return new DraftKeeper({
      draft,
      shelf: localShelf(`tongban.draft.${username}.${draft.id}`),
      transport: {
        load: () => body(client.GET("/api/v1/drafts/{id}", { params: { path } })),
        save: (revision, answers) => body(client.PUT("/api/v1/drafts/{id}/answers", { params: { path }, body: { revision, answers } })),
      },
    });
    // A keeper lives as long as the page of its draft; a newer reading of the same draft comes in through the keeper itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [draft.id, username]);
  const kept = useSyncExternalStore(keeper.subscribe, keeper.snapshot);

  useEffect(() => {
    keeper.open();
    const online = () => keeper.resume();
    const leaving = (event: BeforeUnloadEvent) => {
      if (keeper.snapshot().pending.size > 0) event.preventDefault();
    };
    addEventListener("online", online);
    addEventListener("beforeunload", leaving);
    return () => {
      removeEventListener("online", online);
      removeEventListener("beforeunload", leaving);
      keeper.close();
    };
  }, [keeper]);
  useEffect(() => {
    if (!lapsed) keeper.resume();
  }, [keeper, lapsed]);
  return [keeper, kept];
}
