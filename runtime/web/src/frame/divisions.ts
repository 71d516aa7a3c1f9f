import { body, client } from "@tongban/shared/api/client";
import type { Division } from "@tongban/shared/api/types";
import { useQuery } from "@tanstack/react-query";

const NONE: Division[] = [];

/** The divisions of the city; they change a few times in a decade, so once for a page is enough. */
export function useDivisions(): Division[] {
  const { data } = useQuery({ queryKey: ["divisions"], queryFn: () => body(client.GET("/api/v1/divisions")), staleTime: Infinity });
  return data?.divisions ?? NONE;
}
