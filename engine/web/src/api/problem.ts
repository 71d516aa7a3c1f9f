import type { FieldError, ProblemDetails, Text } from "./types";

/** Where an answer is no problem document (a proxy's own page, a lost connection), all of its members may be missing. */
export type Problem = Partial<ProblemDetails>;

/** Code of an error that never reached the server or whose answer never came back. */
export const UNREACHABLE = "client.unreachable";

/**
 * ApiError is any call that did not succeed: a problem document of the server, or a lost connection (status 0).
 * Screens decide on `status` and `code`; they show `text` in the current language and never look at a message.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly text: Text | undefined;
  readonly args: Record<string, string>;
  readonly errors: FieldError[];

  constructor(status: number, problem: Problem) {
    super(problem.code ?? problem.title ?? `HTTP ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code ?? (status === 0 ? UNREACHABLE : `http.${status}`);
    this.text = problem.text;
    this.args = problem.args ?? {};
    this.errors = problem.errors ?? [];
  }

  /** Nobody is signed in, or the session has lapsed. */
  get unauthorized(): boolean {
    return this.status === 401;
  }

  /** Somebody else was first, or the state of the thing does not allow the act. */
  get conflict(): boolean {
    return this.status === 409 || this.status === 412;
  }

  /** The same call may well succeed later: no connection, a gateway in between, or a busy server. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}
