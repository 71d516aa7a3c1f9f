import { ApiError } from "@tongban/shared/api/problem";
import type { DraftView } from "@tongban/shared/api/types";
import { flatten, same, unflatten, type Flat, type Json, type Tree } from "@tongban/shared/form";

/** The calls a keeper makes. */
export interface Transport {
  load(): Promise<DraftView>;
  save(revision: number, answers: Tree): Promise<DraftView>;
}

/** One edit that the server has not confirmed: the value typed (none: cleared) and the saved value it was typed over. */
export interface Edit {
  value?: Json;
  base?: Json;
}

/** A place that survives a reload of the page, for edits that have not been confirmed. */
export interface Shelf {
  read(): Record<string, Edit>;
  write(edits: Record<string, Edit>): void;
}

/** Two people changed the same fact: nothing is decided until a person has chosen. */
export interface Clash {
  path: string;
  mine: Json | undefined;
  theirs: Json | undefined;
}

export type SaveState =
  | { kind: "saved" }
  | { kind: "unsaved" }
  | { kind: "saving" }
  | { kind: "unreachable" }
  | { kind: "signed-out" }
  | { kind: "conflict"; clashes: Clash[] }
  | { kind: "refused"; error: ApiError };

export interface Kept {
  draft: DraftView;
  /** What the controls show: the values of the Outcome, the saved answers over them, unconfirmed edits over those. */
  values: Flat;
  /** Paths with an unconfirmed edit. */
  pending: ReadonlySet<string>;
  state: SaveState;
}

export interface KeeperOptions {
  draft: DraftView;
  transport: Transport;
  shelf: Shelf;
  /** Pause after the last key before saving, ms. */
  pause?: number;
  /** First wait before trying an unreachable server again, ms; doubles up to 30 s. */
  retry?: number;
}

const RETRY_MOST = 30_000;

/**
 * DraftKeeper keeps what is typed into a draft. Every edit lies on the shelf before anything else happens, saves are
 * debounced, one at a time and checked against the revision; an edit leaves the shelf only when the server has confirmed
 * that very value. It survives a lost connection (tries again), an expired session (waits for resume), a reload (the shelf)
 * and another window (edits of different facts are merged; of the same fact are shown as a clash and never dropped).
 */
export class DraftKeeper {
  #draft: DraftView;
  #edits: Record<string, Edit>;
  #state: SaveState = { kind: "saved" };
  #kept: Kept;
  readonly #aside = new Map<string, Flat>();
  readonly #transport: Transport;
  readonly #shelf: Shelf;
  readonly #pause: number;
  readonly #retryFirst: number;
  #retry: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #chain: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<() => void>();
  #closed = false;

  constructor({ draft, transport, shelf, pause = 500, retry = 1_000 }: KeeperOptions) {
    this.#draft = draft;
    this.#transport = transport;
    this.#shelf = shelf;
    this.#pause = pause;
    this.#retryFirst = this.#retry = retry;
    this.#edits = shelf.read();
    this.#rebase(draft);
    this.#kept = this.#look();
  }

  /** Starts saving: edits found on the shelf are sent again. A closed keeper may be opened again. */
  open(): void {
    this.#closed = false;
    if (this.#dirty()) void this.flush();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): Kept => this.#kept;

  /** Records an edit; undefined clears the fact. */
  readonly edit = (path: string, value: Json | undefined): void => {
    if (path.endsWith(".present")) this.#switchGroup(path, value);
    this.#put(path, this.#meaning(path, value));
    this.#changed(this.#state.kind === "conflict" ? this.#state : { kind: "unsaved" });
    this.#later(this.#pause);
  };

  /** Saves now what has not been saved, and waits until that has been answered. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#queue(() => this.#save());
  }

  /** Runs a call that changes the draft itself (a file, a paper original) in turn with the saves. */
  act(call: () => Promise<DraftView>): Promise<void> {
    return this.#queue(async () => {
      await this.#save();
      const draft = await call();
      this.#adopt(draft, {});
    });
  }

  /** Goes on after a new sign-in or a restored connection. */
  resume(): void {
    if (this.#state.kind === "signed-out" || this.#state.kind === "unreachable") {
      this.#retry = this.#retryFirst;
      void this.flush();
    }
  }

  /** Settles a clash with one of the two values. */
  settle(path: string, whose: "mine" | "theirs"): void {
    if (this.#state.kind !== "conflict") return;
    const clash = this.#state.clashes.find((c) => c.path === path);
    if (!clash) return;
    const edits = { ...this.#edits };
    if (whose === "theirs") delete edits[path];
    else edits[path] = { ...valued("value", clash.mine), ...valued("base", clash.theirs) };
    this.#edits = edits;
    const clashes = this.#state.clashes.filter((c) => c !== clash);
    this.#changed(clashes.length > 0 ? { kind: "conflict", clashes } : { kind: this.#dirty() ? "unsaved" : "saved" });
    if (clashes.length === 0) void this.flush();
  }

  /** Stops the timers, sending what is still unsaved. Whatever is not confirmed stays on the shelf. */
  close(): void {
    void this.flush();
    this.#closed = true;
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const run = this.#chain.then(work);
    this.#chain = run.catch(() => undefined);
    return run;
  }

  #later(delay: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.flush(), delay);
  }

  #dirty(): boolean {
    return Object.keys(this.#edits).length > 0;
  }

  async #save(): Promise<void> {
    if (!this.#dirty() || this.#state.kind === "conflict") return;
    const sent = this.#edits;
    this.#changed({ kind: "saving" });
    try {
      const draft = await this.#transport.save(this.#draft.revision, unflatten(this.#applied(this.#saved(), sent)));
      this.#retry = this.#retryFirst;
      this.#adopt(draft, sent);
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) throw error;
    if (error.unauthorized) {
      this.#changed({ kind: "signed-out" });
    } else if (error.transient) {
      this.#changed({ kind: "unreachable" });
      this.#later(this.#retry);
      this.#retry = Math.min(this.#retry * 2, RETRY_MOST);
    } else if (error.conflict) {
      await this.#reload(error);
    } else {
      this.#changed({ kind: "refused", error });
    }
  }

  /** Somebody saved in between (or an answer to us was lost): take theirs as the new ground and lay our edits over it. */
  async #reload(conflict: ApiError): Promise<void> {
    let theirs: DraftView;
    try {
      theirs = await this.#transport.load();
    } catch (error) {
      return this.#failed(error);
    }
    if (theirs.revision === this.#draft.revision) {
      this.#changed({ kind: "refused", error: conflict }); // not about the revision: saving again would be refused again
      return;
    }
    const clashes = this.#rebase(theirs);
    this.#draft = theirs;
    if (clashes.length > 0) this.#changed({ kind: "conflict", clashes });
    else if (this.#dirty()) await this.#save();
    else this.#changed({ kind: "saved" });
  }

  /** Keeps the edits that still say something new about `draft`, and returns those that contradict somebody else's. */
  #rebase(draft: DraftView): Clash[] {
    const theirs = savedOf(draft);
    const edits: Record<string, Edit> = {};
    const clashes: Clash[] = [];
    for (const [path, edit] of Object.entries(this.#edits)) {
      if (same(theirs[path], edit.value)) continue;
      if (same(theirs[path], edit.base)) {
        edits[path] = edit;
      } else {
        edits[path] = { ...valued("value", edit.value), ...valued("base", theirs[path]) };
        clashes.push({ path, mine: edit.value, theirs: theirs[path] });
      }
    }
    this.#edits = edits;
    if (clashes.length > 0) this.#state = { kind: "conflict", clashes };
    return clashes;
  }

  #adopt(draft: DraftView, sent: Record<string, Edit>): void {
    this.#draft = draft;
    const saved = this.#saved();
    const edits: Record<string, Edit> = {};
    for (const [path, edit] of Object.entries(this.#edits)) {
      const was = sent[path];
      if (was && same(was.value, edit.value)) continue;
      edits[path] = { ...valued("value", edit.value), ...valued("base", saved[path]) };
    }
    this.#edits = edits;
    if (this.#state.kind === "conflict") this.#changed(this.#state);
    else this.#changed({ kind: this.#dirty() ? "unsaved" : "saved" });
    if (this.#dirty() && this.#state.kind !== "conflict") this.#later(this.#pause);
  }

  /** What was typed under a group is laid aside when the group is switched off, and comes back when it is switched on. */
  #switchGroup(path: string, value: Json | undefined): void {
    const group = path.slice(0, path.indexOf(".") + 1);
    if (value === true) {
      for (const [inner, kept] of Object.entries(this.#aside.get(group) ?? {})) this.#put(inner, kept);
      this.#aside.delete(group);
      return;
    }
    const current = this.#applied(this.#saved(), this.#edits);
    const inner = Object.entries(current).filter(([p]) => p.startsWith(group) && p !== path);
    if (inner.length > 0) this.#aside.set(group, Object.fromEntries(inner));
  }

  #put(path: string, value: Json | undefined): void {
    const saved = this.#saved()[path];
    const edits = { ...this.#edits };
    const before = edits[path];
    // Typing back what is already saved is no edit, unless a save of something else may be on its way.
    if (!before && same(saved, value)) return;
    edits[path] = { ...valued("value", value), ...valued("base", before ? before.base : saved) };
    this.#edits = edits;
  }

  /**
   * Clearing what the person typed makes the fact unknown again, so that a source may fill it. Clearing what a source filled
   * in says that there is none: otherwise the source would fill it again under the person's fingers.
   */
  #meaning(path: string, value: Json | undefined): Json | undefined {
    if (value !== undefined) return value;
    const field = this.#fields().get(path);
    const typed = this.#applied(this.#saved(), this.#edits)[path] !== undefined;
    const sourced = field?.source && field.source.kind !== "person";
    return sourced && !typed ? null : undefined;
  }

  #fields() {
    return new Map(this.#draft.outcome.sections.flatMap((s) => s.fields.map((f) => [f.path, f] as const)));
  }

  #saved(): Flat {
    return savedOf(this.#draft);
  }

  #applied(ground: Flat, edits: Record<string, Edit>): Flat {
    const flat: Record<string, Json> = { ...ground };
    for (const [path, edit] of Object.entries(edits)) {
      if (edit.value === undefined) delete flat[path];
      else flat[path] = edit.value;
    }
    return flat;
  }

  #look(): Kept {
    const values: Record<string, Json> = {};
    const computed = new Set<string>();
    for (const [path, field] of this.#fields()) {
      if (field.computed || !field.editable) computed.add(path);
      if (field.state === "known" && field.value !== undefined) values[path] = field.value as Json;
    }
    for (const [path, value] of Object.entries(this.#saved())) if (!computed.has(path) && value !== null) values[path] = value;
    for (const [path, edit] of Object.entries(this.#edits)) {
      if (edit.value === undefined || edit.value === null) delete values[path];
      else values[path] = edit.value;
    }
    return { draft: this.#draft, values, pending: new Set(Object.keys(this.#edits)), state: this.#state };
  }

  #changed(state: SaveState): void {
    this.#state = state;
    this.#shelf.write(this.#edits);
    this.#kept = this.#look();
    for (const listener of this.#listeners) listener();
  }
}

function savedOf(draft: DraftView): Flat {
  return flatten(draft.answers, new Set(draft.outcome.sections.filter((s) => s.optional).map((s) => s.key)));
}

/** An optional member, present only where there is a value. */
function valued<K extends "value" | "base">(key: K, value: Json | undefined): { [P in K]?: Json } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: Json });
}

/** A shelf in localStorage. Only unconfirmed edits lie there; the last one to be confirmed empties it. */
export function localShelf(key: string): Shelf {
  return {
    read() {
      try {
        return JSON.parse(localStorage.getItem(key) ?? "{}") as Record<string, Edit>;
      } catch {
        return {};
      }
    },
    write(edits) {
      try {
        if (Object.keys(edits).length === 0) localStorage.removeItem(key);
        else localStorage.setItem(key, JSON.stringify(edits));
      } catch {
        // full or switched off: the page itself still holds the edits, and the save state says that they are not saved
      }
    },
  };
}
