import { body, client } from "@tongban/shared/api/client";
import type { ItemSummary } from "@tongban/shared/api/types";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";

const RECENT = "tongban.recent-items";
const RECENT_MOST = 6;

/** The items that match, best first. The server does the matching: name, everyday name, pinyin initials, code. */
export function useItemSearch(typed: string) {
  const q = useDeferredValue(typed.trim());
  return useQuery({
    queryKey: ["items", q],
    queryFn: ({ signal }) => body(client.GET("/api/v1/items", { params: { query: { q, limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export type RecentItem = Pick<ItemSummary, "code" | "name">;

/** The items last opened at this machine, latest first. */
export function recentItems(): RecentItem[] {
  try {
    return JSON.parse(localStorage.getItem(RECENT) ?? "[]") as RecentItem[];
  } catch {
    return [];
  }
}

export function rememberItem(item: RecentItem): void {
  const list = [{ code: item.code, name: item.name }, ...recentItems().filter((i) => i.code !== item.code)].slice(0, RECENT_MOST);
  try {
    localStorage.setItem(RECENT, JSON.stringify(list));
  } catch {
    // no storage, no list
  }
}
