import { body, client } from "@tongban/shared/api/client";
import { ApiError } from "@tongban/shared/api/problem";
import type { DraftView, Material, OutcomeProblem, StoredFile } from "@tongban/shared/api/types";
import { CostPanel, ExplanationPanel, MaterialsPanel, type MaterialActions } from "@tongban/shared/explain";
import { focusFact, OutcomeForm } from "@tongban/shared/form";
import { useTitle, useWords, type Words } from "@tongban/shared/words";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useCallback, useMemo, useRef, useState } from "react";
import { Navigate, useNavigate, useParams } from "react-router";

import { FilePreview } from "../frame/FilePreview";
import { Fault, useFaultText } from "../frame/Fault";
import { useDivisions } from "../frame/divisions";
import { handIn } from "../frame/handIn";
import { useShortcuts } from "../frame/shortcuts";
import { useSession } from "../session/SessionProvider";
import { Clashes } from "./Clashes";
import { SaveMark } from "./SaveMark";
import { useKeeper } from "./useKeeper";
import { useStuckHead } from "./useStuckHead";

/** A draft belongs to the person it was opened for; for somebody else another one is opened. */
const IDENTITY: ReadonlySet<string> = new Set(["applicant.id_type", "applicant.id_number"]);

/** The application of one person for one item. */
export function Application() {
  const { id = "" } = useParams();
  const { session } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ["draft", id],
    queryFn: () => body(client.GET("/api/v1/drafts/{id}", { params: { path: { id } } })),
    staleTime: 0,
    refetchOnWindowFocus: false, // from here on the keeper decides when to read again
    refetchOnReconnect: false,
  });
  if (error && !data) return <Fault error={error} retry={() => void refetch()} />;
  if (!data || !session) return <p className="centred" aria-busy />;
  if (data.caseId) return <Navigate to={`/desk/receipts/${data.caseId}`} replace />;
  return <Filling key={data.id} first={data} username={session.account.username} />;
}

function Filling({ first, username }: { first: DraftView; username: string }) {
  const { t, text } = useWords();
  const divisions = useDivisions();
  const [keeper, kept] = useKeeper(first, username);
  const { draft, values, pending, state } = kept;
  const { outcome } = draft;
  const { message, modal } = App.useApp();
  const say = useFaultText();
  const navigate = useNavigate();
  const calls = useQueryClient();
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [preview, setPreview] = useState<StoredFile>();
  const [submitting, setSubmitting] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const once = useRef(false);
  const head = useStuckHead<HTMLElement>();
  const name = values["applicant.name"];
  const applicant = typeof name === "string" ? name : "";
  useTitle(`${applicant} ${text(outcome.item.name)} · ${t("app.title")}`);

  const todo = useMemo(
    () => [...outcome.problems.filter((p) => p.severity === "error"), ...outcome.todo],
    [outcome.problems, outcome.todo],
  );
  const jump = useCallback((path: string) => void focusFact(path), []);
  const nextOpen = useCallback(() => {
    const here = document.activeElement?.closest<HTMLElement>("[data-path]")?.dataset.path;
    const paths = todo.map((p) => p.path);
    const at = here ? paths.indexOf(here) : -1;
    for (const path of [...paths.slice(at + 1), ...paths.slice(0, at + 1)]) if (focusFact(path)) return;
  }, [todo]);

  const during = useCallback(
    async (material: string, call: () => Promise<DraftView>) => {
      setBusy((was) => new Set(was).add(material));
      try {
        await keeper.act(call);
      } catch (problem) {
        void message.error(say(problem), 6);
      } finally {
        setBusy((was) => {
          const now = new Set(was);
          now.delete(material);
          return now;
        });
      }
    },
    [keeper, message, say],
  );
  const to = useMemo(() => handIn(draft.id), [draft.id]);
  const actions = useMemo<MaterialActions>(
    () => ({
      busy,
      attach: (material: Material, files: File[]) => {
        for (const file of files) void during(material.id, () => to.attach(material, file));
      },
      detach: (file) => void during(file.material, () => to.detach(file)),
      setPaper: (material, taken) => void during(material.id, () => to.setPaper(material, taken)),
    }),
    [busy, during, to],
  );

  const submit = async () => {
    if (once.current) return;
    once.current = true;
    setSubmitting(true);
    setRefusal(undefined);
    try {
      // Whoever did not say that an agent comes along comes alone: a switch left blank means no.
      for (const section of outcome.sections) {
        const path = `${section.key}.present`;
        if (section.optional && values[path] === undefined) keeper.edit(path, false);
      }
      await keeper.flush();
      const now = keeper.snapshot();
      if (now.state.kind !== "saved") return; // the save mark or the clash list says why
      if (!now.draft.outcome.ready) {
        nextOpen();
        return;
      }
      const agreed =
        now.draft.outcome.eligibility.verdict === "met" ||
        (await modal.confirm({
          title: t("apply.notMetTitle"),
          content: t(now.draft.outcome.eligibility.verdict === "unmet" ? "apply.notMetText" : "apply.openText"),
          okText: t("apply.submitAnyway"),
        }));
      if (!agreed) return;
      const made = await body(client.POST("/api/v1/drafts/{id}/submit", { params: { path: { id: draft.id } } }));
      keeper.close();
      await calls.invalidateQueries({ queryKey: ["drafts"] });
      calls.removeQueries({ queryKey: ["draft", draft.id] });
      void navigate(`/desk/receipts/${made.id}`, { replace: true });
    } catch (problem) {
      if (!(problem instanceof ApiError && problem.unauthorized)) setRefusal(problem);
    } finally {
      once.current = false;
      setSubmitting(false);
    }
  };
  useShortcuts({
    F8: nextOpen,
    "Ctrl+s": () => void keeper.flush(),
    "Ctrl+Enter": () => void submit(),
  });

  const ready = outcome.ready && state.kind !== "conflict" && state.kind !== "refused";
  return (
    <div className="apply">
      <header ref={head} className="apply-head">
        <div className="apply-title">
          <h1>{text(outcome.item.name)}</h1>
          <p>
            {applicant ? <b>{applicant}</b> : null} <span className="code quiet">{outcome.item.code}</span>
          </p>
        </div>
        <SaveMark state={state} retry={() => void keeper.flush()} />
        <Button type="primary" size="large" onClick={() => void submit()} loading={submitting} aria-disabled={!ready} className={ready ? "" : "waiting"} aria-describedby="todo">
          {t("apply.submit")}
        </Button>
        <Fault error={refusal} />
      </header>
      {state.kind === "conflict" ? <Clashes clashes={state.clashes} outcome={outcome} divisions={divisions} settle={(path, whose) => keeper.settle(path, whose)} /> : null}
      <div className="apply-body">
        <div className="apply-form">
          <OutcomeForm outcome={outcome} values={values} divisions={divisions} pending={pending} fixed={IDENTITY} onEdit={keeper.edit} />
          <section id="todo" className={`panel todo${todo.length === 0 ? " done" : ""}`} aria-labelledby="todo-title">
            <header>
              <h2 id="todo-title">{todo.length > 0 ? t("apply.todo", { n: todo.length, count: todo.length }) : t("apply.ready")}</h2>
            </header>
            {todo.length > 0 ? (
              <ul className="body" role="list">
                {todo.map((p) => (
                  <li key={`${p.code} ${p.path} ${p.pointer ?? ""}`}>
                    <button type="button" className="link" onClick={() => jump(p.path)}>
                      {todoText(draft, p, text)}
                    </button>
                  </li>
                ))}
              </ul>
            ) : null}
          </section>
        </div>
        <aside className="apply-side" aria-label={t("apply.side")}>
          <ExplanationPanel outcome={outcome} onJump={jump} />
          <MaterialsPanel outcome={outcome} files={draft.files} paper={draft.paper} actions={actions} onPreview={setPreview} onJump={jump} />
          <CostPanel outcome={outcome} onJump={jump} />
        </aside>
      </div>
      <FilePreview file={preview} href={preview ? `/api/v1/drafts/${draft.id}/files/${preview.hash}` : ""} close={() => setPreview(undefined)} />
    </div>
  );
}

/** What is to be done, with the name of the fact or material where the text does not say it. */
function todoText(draft: DraftView, problem: OutcomeProblem, text: Words["text"]): string {
  const said = text(problem.text);
  const label = labelOf(draft, problem.path, text);
  return label && !said.includes(label) ? `${label}: ${said}` : said;
}

/** The label of the fact or the name of the material at a path. */
function labelOf(draft: DraftView, path: string, text: Words["text"]): string {
  for (const section of draft.outcome.sections) for (const field of section.fields) if (field.path === path) return text(field.label);
  return text(draft.outcome.materials.find((m) => m.id === path)?.name);
}
