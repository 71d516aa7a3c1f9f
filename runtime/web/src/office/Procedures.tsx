import type { ActionKind, CaseView, ProcedureView } from "@tongban/shared/api/types";
import { useWords } from "@tongban/shared/words";
import { Fragment } from "react";

import { Light } from "./Light";

/** What may be done about one special procedure, or about the case itself. */
export interface Acting {
  kind: ActionKind;
  procedure?: ProcedureView;
}

const ABOUT = new Set<ActionKind>(["begin", "conclude", "answer", "object", "extend"]);

/** Acts that move a case on beside its stages: what must happen and has not, what goes on, and objections that wait. */
function forward(p: ProcedureView): ActionKind[] {
  return p.actions.filter((a) => a === "conclude" || a === "answer" || (a === "begin" && ((p.need === "required" && p.state !== "done") || p.need === "on-objection")));
}

/** The acts of a case as they are offered: those about a special procedure by its name, where they move the case on. */
export function offered(of: CaseView): Acting[] {
  const about = of.procedures.flatMap((procedure) => forward(procedure).map((kind) => ({ kind, procedure })));
  const others = of.actions.filter((kind) => !ABOUT.has(kind)).map((kind) => ({ kind }));
  return [...about, ...others];
}

/** Why the clock stands still, and until when. */
export function PausedNote({ of }: { of: CaseView }) {
  const { t, text, date } = useWords();
  const paused = of.clock.paused;
  if (!paused) return null;
  return (
    <section className="note warn" aria-label={t("case.paused", { name: text(paused.procedure) })} data-paused>
      <h2>{t("case.paused", { name: text(paused.procedure) })}</h2>
      <p>{t("case.pausedText", { since: date(paused.since), until: date(paused.until) })}</p>
      {paused.reason ? <p className="quiet">{paused.reason}</p> : null}
    </section>
  );
}

/** What is still to be done after the decision, or how it was. */
export function DeliveryNote({ of }: { of: CaseView }) {
  const { t, text, date } = useWords();
  const d = of.delivery;
  if (!d) return null;
  return (
    <section className={`note ${d.on ? "good" : "warn"}`} aria-label={t("case.delivery")} data-delivered={d.on ?? ""}>
      <h2>
        {d.on
          ? t("case.delivered", { name: text(d.name), date: date(d.on), how: d.how ? t(`actForm.how.${d.how}`) : "" })
          : t("case.deliveryDue", { name: text(d.name), date: date(d.due) })}
      </h2>
      {d.receiver ? <p className="quiet">{t("case.receiver", { name: d.receiver })}</p> : null}
    </section>
  );
}

/** The special procedures of a case: what must happen and what may, what came of each, and what can be done now. */
export function ProceduresPanel({ of, act }: { of: CaseView; act(acting: Acting): void }) {
  const { t, text } = useWords();
  if (of.procedures.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="procedures-title">
      <header>
        <h2 id="procedures-title">{t("proc.title")}</h2>
      </header>
      <ul role="list" className="body procedures">
        {of.procedures.map((p) => (
          <li key={p.key} data-procedure={p.key} data-state={p.state}>
            <p className="procedure-head">
              <b>{text(p.name)}</b>
              <span className={`tag${p.state === "done" ? " good" : p.state === "running" || p.state === "failed" ? " warn" : ""}`}>{t(`proc.${p.state}`)}</span>
              <span className="quiet">
                {t(`proc.${p.need}`)}
                {p.suspends ? ` · ${t("proc.suspends")}` : ""}
              </span>
            </p>
            <Runs of={p} />
            {p.actions.length > 0 ? (
              <p className="procedure-acts">
                {p.actions.map((kind) => (
                  <button key={kind} type="button" className="btn small" onClick={() => act({ kind, procedure: p })}>
                    {t(`proc.act.${kind}`, { name: text(p.name) })}
                  </button>
                ))}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Each time a procedure was begun, and what came of it. */
function Runs({ of }: { of: ProcedureView }) {
  const { t, date } = useWords();
  return of.runs.map((run) => (
    <div key={`${run.on} ${run.until ?? ""}`} className="procedure-run">
      <p>
        {run.ended
          ? run.ended === run.on
            ? date(run.on)
            : t("proc.span", { from: date(run.on), to: date(run.ended) })
          : t("proc.since", { from: date(run.on), until: date(run.until) })}
        {run.light && run.light !== "none" ? (
          <>
            {" "}
            <Light of={{ light: run.light, daysLeft: run.daysLeft }} />
          </>
        ) : null}
      </p>
      {run.text ? <p className="quiet">{run.text}</p> : null}
      {run.approver ? <p className="quiet">{t("proc.approver", { name: run.approver })}</p> : null}
      {run.result ? <p>{t("proc.result", { text: run.result })}</p> : null}
      {run.objections.map((o, i) => (
        <Fragment key={i}>
          <p>
            {t("proc.objection", { date: date(o.on), who: o.objector ?? "" })}
            {"："}
            {o.text}{" "}
            <span className={`tag${o.answered ? "" : " warn"}`}>
              {o.answered ? t(o.upheld ? "proc.upheld" : "proc.dismissed", { date: date(o.answered) }) : t("proc.objectionOpen")}
            </span>
          </p>
          {o.answer ? <p className="quiet">{o.answer}</p> : null}
        </Fragment>
      ))}
    </div>
  ));
}
