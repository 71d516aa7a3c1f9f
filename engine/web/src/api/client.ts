import createClient, { type Middleware } from "openapi-fetch";

import { ApiError, type Problem } from "./problem";
import type { paths } from "./schema";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Told whenever a call of a signed-in screen is answered with 401, before the call fails. */
type Listener = () => void;
const lapsed = new Set<Listener>();

/** Calls `listener` each time the server says that the session has lapsed; returns how to stop. */
export function onSessionLapsed(listener: Listener): () => void {
  lapsed.add(listener);
  return () => lapsed.delete(listener);
}

const guard: Middleware = {
  onRequest({ request }) {
    // A header that a foreign page cannot set without a preflight: the second half of the CSRF guard beside SameSite.
    if (!SAFE.has(request.method)) request.headers.set("X-Tongban", "1");
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return;
    const problem = await readProblem(response);
    if (response.status === 401 && !new URL(request.url).pathname.endsWith("/api/v1/session")) {
      for (const listener of lapsed) listener();
    }
    throw new ApiError(response.status, problem);
  },
  onError({ error }) {
    // fetch rejects when there is no answer at all. An abort is the caller's own wish and stays what it is.
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new ApiError(0, {});
  },
};

async function readProblem(response: Response): Promise<Problem> {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) return {};
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
}

/** The typed client of the whole API. Every call that does not succeed throws an ApiError. */
export const client = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "http://localhost",
  fetch: (request) => globalThis.fetch(request),
});
client.use(guard);

/** The body of a successful call. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
