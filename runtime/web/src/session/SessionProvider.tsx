import { body, client, onSessionLapsed } from "@tongban/shared/api/client";
import { ApiError } from "@tongban/shared/api/problem";
import type { SessionView } from "@tongban/shared/api/types";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

interface Session {
  /** Who is signed in; null when it is known that nobody is. */
  session: SessionView | null | undefined;
  error: unknown;
  /** The session lapsed while somebody was working: their page stays and waits for them to sign in again. */
  lapsed: boolean;
  signIn(username: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  retry(): void;
}

const SessionContext = createContext<Session | undefined>(undefined);
const KEY = ["session"];

export function SessionProvider({ children }: { children: ReactNode }) {
  const calls = useQueryClient();
  const [lapsed, setLapsed] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async () => {
      try {
        return await body(client.GET("/api/v1/session"));
      } catch (problem) {
        if (problem instanceof ApiError && problem.unauthorized) return null;
        throw problem;
      }
    },
    staleTime: Infinity,
  });

  useEffect(() => onSessionLapsed(() => setLapsed(true)), []);

  const signIn = useCallback(
    async (username: string, password: string) => {
      const before = calls.getQueryData<SessionView | null>(KEY);
      const next = await body(client.POST("/api/v1/session", { body: { username, password } }));
      if (before && before.account.username !== next.account.username) {
        // Somebody else sat down: nothing of the first person's page may stay on the screen.
        calls.clear();
        calls.setQueryData(KEY, next);
        location.assign("/desk");
        return;
      }
      calls.setQueryData(KEY, next);
      setLapsed(false);
      await calls.invalidateQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
    },
    [calls],
  );
  const signOut = useCallback(async () => {
    await client.DELETE("/api/v1/session");
    calls.clear();
    location.assign("/desk");
  }, [calls]);

  const value = useMemo<Session>(
    () => ({ session: data, error, lapsed: lapsed && data != null, signIn, signOut, retry: () => void refetch() }),
    [data, error, lapsed, signIn, signOut, refetch],
  );
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside SessionProvider");
  return session;
}
