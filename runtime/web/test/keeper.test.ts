import { ApiError } from "@tongban/shared/api/problem";
import type { DraftView, Field, Outcome } from "@tongban/shared/api/types";
import type { Tree } from "@tongban/shared/form";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { DraftKeeper, type Edit, type Shelf } from "../src/desk/keeper";

const PATHS = ["applicant.name", "applicant.phone", "form.reason", "agent.present", "agent.name"];

function outcomeOf(answers: Tree): Outcome {
  const field = (path: string): Field => {
    const [group = "", key = ""] = path.split(".");
    const value = (answers[group] as Record<string, unknown> | null | undefined)?.[key];
    const registered = path === "applicant.name" && value === undefined;
    return {
      path,
      label: { zh: path },
      schema: { type: "string" },
      widget: "text",
      required: true,
      editable: true,
      state: registered || value !== undefined ? "known" : "unknown",
      ...(registered ? { value: "登记姓名", source: { kind: "register" as const } } : value === undefined ? {} : { value, source: { kind: "person" as const } }),
    };
  };
  const section = (key: string, optional = false) => ({ key, title: { zh: key }, optional, fields: PATHS.filter((p) => p.startsWith(`${key}.`)).map(field) });
  return { sections: [section("applicant"), section("form"), section("agent", true)], problems: [], todo: [] } as unknown as Outcome;
}

/** A server with one draft, that can be made slow, unreachable or somebody else's. */
class Server {
  revision = 1;
  answers: Tree = {};
  saves: { revision: number; answers: Tree }[] = [];
  fail: ApiError | undefined;
  loseAnswer = false;
  gate: Promise<void> | undefined;

  view(): DraftView {
    return { id: "D", revision: this.revision, answers: structuredClone(this.answers), outcome: outcomeOf(this.answers), files: [], paper: [] } as unknown as DraftView;
  }

  transport = {
    load: async () => {
      await Promise.resolve();
      if (this.fail) throw this.fail;
      return this.view();
    },
    save: async (revision: number, answers: Tree) => {
      this.saves.push({ revision, answers });
      if (this.gate) await this.gate;
      if (this.fail) throw this.fail;
      if (revision !== this.revision) throw new ApiError(409, { code: "case.draft-changed" });
      this.answers = structuredClone(answers);
      this.revision++;
      if (this.loseAnswer) {
        this.loseAnswer = false;
        throw new ApiError(0, {});
      }
      return this.view();
    },
  };
}

class MemoryShelf implements Shelf {
  kept: Record<string, Edit> = {};
  read() {
    return structuredClone(this.kept);
  }
  write(edits: Record<string, Edit>) {
    this.kept = structuredClone(edits);
  }
}

let server: Server;
let shelf: MemoryShelf;
let keeper: DraftKeeper;

function start(): DraftKeeper {
  keeper = new DraftKeeper({ draft: server.view(), transport: server.transport, shelf, pause: 100, retry: 1000 });
  keeper.open();
  return keeper;
}

const state = () => keeper.snapshot().state.kind;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  shelf = new MemoryShelf();
});
afterEach(() => vi.useRealTimers());

describe("saving", () => {
  it("puts an edit on the shelf at once and saves it once after the pause", async () => {
    start();
    keeper.edit("form.reason", "住");
    keeper.edit("form.reason", "住院");
    expect(shelf.kept["form.reason"]?.value).toBe("住院");
    expect(server.saves).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(server.saves).toEqual([{ revision: 1, answers: { form: { reason: "住院" } } }]);
    expect(state()).toBe("saved");
    expect(shelf.kept).toEqual({});
  });

  it("sends one save at a time, the next with the new revision and everything typed meanwhile", async () => {
    let open = () => {};
    server.gate = new Promise((resolve) => (open = resolve));
    start();
    keeper.edit("form.reason", "a");
    await vi.advanceTimersByTimeAsync(100);
    keeper.edit("form.reason", "ab");
    keeper.edit("applicant.phone", "13800000000");
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.saves).toHaveLength(1);
    server.gate = undefined;
    open();
    await vi.advanceTimersByTimeAsync(200);
    expect(server.saves).toHaveLength(2);
    expect(server.saves[1]?.revision).toBe(2);
    expect(server.answers).toEqual({ form: { reason: "ab" }, applicant: { phone: "13800000000" } });
    expect(shelf.kept).toEqual({});
  });

  it("flush saves without waiting for the pause", async () => {
    start();
    keeper.edit("form.reason", "x");
    await keeper.flush();
    expect(server.answers).toEqual({ form: { reason: "x" } });
  });

  it("runs other calls of the draft in turn, after what was typed before them", async () => {
    start();
    keeper.edit("form.reason", "x");
    await keeper.act(() => {
      expect(server.answers).toEqual({ form: { reason: "x" } });
      server.revision++;
      return Promise.resolve(server.view());
    });
    keeper.edit("form.reason", "y");
    await keeper.flush();
    expect(server.saves.at(-1)?.revision).toBe(3);
    expect(state()).toBe("saved");
  });
});

describe("nothing typed is lost", () => {
  it("after a reload: the shelf is sent again", async () => {
    start();
    keeper.edit("form.reason", "typed just before the reload");
    const left = shelf.read();
    shelf = new MemoryShelf();
    shelf.kept = left;
    server.saves = [];
    start();
    expect(keeper.snapshot().values["form.reason"]).toBe("typed just before the reload");
    await vi.advanceTimersByTimeAsync(0);
    expect(server.answers).toEqual({ form: { reason: "typed just before the reload" } });
    expect(shelf.kept).toEqual({});
  });

  it("on a lost connection: it tries again, ever slower, until the server answers", async () => {
    start();
    server.fail = new ApiError(0, {});
    keeper.edit("form.reason", "x");
    await vi.advanceTimersByTimeAsync(100);
    expect(state()).toBe("unreachable");
    expect(shelf.kept["form.reason"]?.value).toBe("x");
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.saves).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.saves).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.saves).toHaveLength(3);
    server.fail = undefined;
    keeper.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(state()).toBe("saved");
    expect(server.answers).toEqual({ form: { reason: "x" } });
  });

  it("on an expired session: it waits, and goes on after the sign-in", async () => {
    start();
    server.fail = new ApiError(401, { code: "api.signed-out" });
    keeper.edit("form.reason", "x");
    await vi.advanceTimersByTimeAsync(100);
    expect(state()).toBe("signed-out");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.saves).toHaveLength(1);
    keeper.edit("applicant.phone", "138");
    server.fail = undefined;
    keeper.resume();
    await vi.advanceTimersByTimeAsync(200);
    expect(server.answers).toEqual({ form: { reason: "x" }, applicant: { phone: "138" } });
  });

  it("when the answer to a save is lost: the same save again is no conflict", async () => {
    start();
    server.loseAnswer = true;
    keeper.edit("form.reason", "x");
    await vi.advanceTimersByTimeAsync(100);
    expect(state()).toBe("unreachable");
    await vi.advanceTimersByTimeAsync(1000);
    expect(state()).toBe("saved");
    expect(server.revision).toBe(2);
    expect(shelf.kept).toEqual({});
  });

  it("when the server refuses: the edit stays on the shelf and the reason is told", async () => {
    start();
    server.fail = new ApiError(422, { code: "api.too-long" });
    keeper.edit("form.reason", "x");
    await vi.advanceTimersByTimeAsync(100);
    expect(keeper.snapshot().state).toMatchObject({ kind: "refused", error: { code: "api.too-long" } });
    expect(shelf.kept["form.reason"]?.value).toBe("x");
  });
});

describe("two windows", () => {
  it("merges edits of different facts", async () => {
    start();
    server.answers = { applicant: { phone: "139" } };
    server.revision = 2;
    keeper.edit("form.reason", "mine");
    await vi.advanceTimersByTimeAsync(100);
    expect(server.answers).toEqual({ applicant: { phone: "139" }, form: { reason: "mine" } });
    expect(state()).toBe("saved");
  });

  it("overwrites nothing where both changed the same fact, until somebody chooses", async () => {
    start();
    server.answers = { form: { reason: "theirs" } };
    server.revision = 2;
    keeper.edit("form.reason", "mine");
    await vi.advanceTimersByTimeAsync(100);
    expect(keeper.snapshot().state).toEqual({ kind: "conflict", clashes: [{ path: "form.reason", mine: "mine", theirs: "theirs" }] });
    keeper.edit("applicant.phone", "138");
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.answers).toEqual({ form: { reason: "theirs" } });
    expect(shelf.kept["form.reason"]?.value).toBe("mine");
    keeper.settle("form.reason", "mine");
    await vi.advanceTimersByTimeAsync(200);
    expect(server.answers).toEqual({ form: { reason: "mine" }, applicant: { phone: "138" } });
    expect(state()).toBe("saved");
  });

  it("takes theirs when told to", async () => {
    start();
    server.answers = { form: { reason: "theirs" } };
    server.revision = 2;
    keeper.edit("form.reason", "mine");
    await vi.advanceTimersByTimeAsync(100);
    keeper.settle("form.reason", "theirs");
    await vi.advanceTimersByTimeAsync(200);
    expect(keeper.snapshot().values["form.reason"]).toBe("theirs");
    expect(state()).toBe("saved");
    expect(shelf.kept).toEqual({});
  });

  it("shows a clash found on the shelf after a reload", async () => {
    shelf.kept = { "form.reason": { value: "mine" } };
    server.answers = { form: { reason: "theirs" } };
    start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(state()).toBe("conflict");
    expect(server.saves).toHaveLength(0);
  });
});

describe("what an edit means", () => {
  it("clearing what the person typed makes it unknown; clearing what a source filled in says that there is none", async () => {
    server.answers = { form: { reason: "x" } };
    start();
    keeper.edit("form.reason", undefined);
    keeper.edit("applicant.name", undefined);
    await vi.advanceTimersByTimeAsync(100);
    expect(server.answers).toEqual({ applicant: { name: null } });
  });

  it("shows the value of a source until the person types another", () => {
    start();
    expect(keeper.snapshot().values["applicant.name"]).toBe("登记姓名");
    keeper.edit("applicant.name", "另名");
    expect(keeper.snapshot().values["applicant.name"]).toBe("另名");
    expect([...keeper.snapshot().pending]).toEqual(["applicant.name"]);
  });

  it("keeps what was typed for the agent while the agent is switched off", async () => {
    start();
    keeper.edit("agent.present", true);
    keeper.edit("agent.name", "王五");
    await keeper.flush();
    keeper.edit("agent.present", false);
    await keeper.flush();
    expect(server.answers).toEqual({ agent: null });
    keeper.edit("agent.present", true);
    await keeper.flush();
    expect(server.answers).toEqual({ agent: { name: "王五" } });
  });
});
