import { ApiError } from "@tongban/shared/api/problem";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";

const calls = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => error instanceof ApiError && error.transient && failures < 3,
    },
    mutations: { retry: false },
  },
});

/** The cache of what the server said. */
export function Calls({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={calls}>{children}</QueryClientProvider>;
}
