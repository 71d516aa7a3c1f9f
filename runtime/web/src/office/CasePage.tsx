import { body, client } from "@tongban/shared/api/client";
import type { ActionKind, CaseView } from "@tongban/shared/api/types";
import { CostPanel, ExplanationPanel } from "@tongban/shared/explain";
import { SourceTag, writeValue } from "@tongban/shared/form";
import { useTitle, useWords } from "@tongban/shared/words";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link, useParams } from "react-router";

import { Fault } from "../frame/Fault";
import { useDivisions } from "../frame/divisions";
import { useSession } from "../session/SessionProvider";
import { ActionDialog } from "./ActionDialog";
import { CaseMaterials, Gaps } from "./Awaited";
import { ClockPanel } from "./ClockPanel";
import { Light } from "./Light";
import { DeliveryNote, offered, PausedNote, ProceduresPanel, type Acting } from "./Procedures";
import { Timeline } from "./Timeline";
import "./office.css";

const FORWARD = new Set<ActionKind>(["accept", "approve", "grant", "supplement", "supply-tolerated", "begin", "conclude", "answer", "deliver"]);
const ADVERSE = new Set<ActionKind>(["refuse", "not-accept"]);

/** A case with everything an officer decides on in one view, and what they may do now. */
export function CasePage() {
  const { t } = useWords();
  const { id = "" } = useParams();
  const key = ["case", id];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => body(client.GET("/api/v1/cases/{id}", { params: { path: { id } } })),
    staleTime: 0,
  });
  useTitle(data ? `${data.number} · ${t("app.title")}` : t("app.title"));
  if (error && !data) return <Fault error={error} retry={() => void refetch()} />;
  if (!data) return <p className="centred" aria-busy />;
  return <Deciding of={data} />;
}

function Deciding({ of }: { of: CaseView }) {
  const { t, text, date } = useWords();
  const { session } = useSession();
  const calls = useQueryClient();
  const [acting, setActing] = useState<Acting>();
  const [said, setSaid] = useState("");
  const acts = offered(of);
  const heading = useRef<HTMLHeadingElement>(null);
  const received = session?.account.roles.includes("clerk") && !session.account.roles.includes("officer");
  return (
    <div className="case">
      <p className="crumb">
        <Link to={received ? "/desk/received" : "/desk/queue"}>{t(received ? "queue.received" : "queue.office")}</Link>
      </p>
      <header className="case-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {text(of.item)}
          </h1>
          <p>
            <b>{of.applicant}</b> <span className="code">{of.applicantId}</span> · <span className="code">{of.number}</span>
          </p>
        </div>
        <div className="case-state">
          <span className={`phase ${of.phase}`} data-phase={of.phase}>
            {t(`phase.${of.phase}`)}
          </span>
          {text(of.stage) ? <span>{text(of.stage)}</span> : null}
          {of.light !== "none" ? <Light of={of} /> : null}
          {of.due ? <span className="quiet">{t("case.due", { date: date(of.due) })}</span> : null}
        </div>
      </header>
      <p className="said" role="status">
        {said}
      </p>
      {acts.length > 0 ? (
        <div className="acts" role="group" aria-label={t("case.acts")}>
          {acts.map(({ kind, procedure }) => (
            <button
              key={`${kind} ${procedure?.key ?? ""}`}
              type="button"
              className={`btn${FORWARD.has(kind) ? " primary" : ADVERSE.has(kind) ? " bad" : ""}`}
              onClick={() => setActing({ kind, procedure })}
            >
              {procedure ? t(`proc.act.${kind as "begin" | "conclude" | "answer" | "object" | "extend"}`, { name: text(procedure.name) }) : t(`act.${kind}`)}
            </button>
          ))}
        </div>
      ) : null}
      <PausedNote of={of} />
      <DecisionNote of={of} />
      <DeliveryNote of={of} />
      <Gaps of={of} />
      <div className="case-body">
        <div className="case-main">
          <ProceduresPanel of={of} act={setActing} />
          <Facts of={of} />
          <ExplanationPanel outcome={of.outcome} />
          <CostPanel outcome={of.outcome} withRoute={false} />
        </div>
        <aside className="case-side" aria-label={t("case.side")}>
          <RoutePanel of={of} />
          <ClockPanel of={of} />
          <DocumentsPanel of={of} />
          <CaseMaterials of={of} />
          <section className="panel" aria-labelledby="history-title">
            <header>
              <h2 id="history-title">{t("case.history")}</h2>
            </header>
            <div className="body">
              <Timeline entries={of.history} />
            </div>
          </section>
        </aside>
      </div>
      {acting ? (
        <ActionDialog
          key={`${acting.kind} ${acting.procedure?.key ?? ""}`}
          kind={acting.kind}
          procedure={acting.procedure}
          of={of}
          close={() => setActing(undefined)}
          done={(next) => {
            setActing(undefined);
            calls.setQueryData(["case", next.id], next);
            void calls.invalidateQueries({ queryKey: ["cases"] });
            setSaid(t(`acted.${acting.kind}`));
            heading.current?.focus();
          }}
        />
      ) : null}
    </div>
  );
}

/** Every fact with its source, read only, under the headings of the form. */
function Facts({ of }: { of: CaseView }) {
  const words = useWords();
  const { t, text } = words;
  const divisions = useDivisions();
  return (
    <section className="panel" aria-labelledby="facts-title">
      <header>
        <h2 id="facts-title">{t("case.facts")}</h2>
      </header>
      <div className="body">
        {of.outcome.sections.map((section) => (
          <section key={section.key} className="fact-section" aria-labelledby={`facts-${section.key}`}>
            <h3 id={`facts-${section.key}`}>{text(section.title)}</h3>
            <dl className="fact-list">
              {section.fields
                .filter((f) => f.state !== "unknown")
                .map((field) => (
                  <div key={field.path} className={field.widget === "longtext" || field.widget === "list" ? "span" : ""} data-fact={field.path}>
                    <dt>{text(field.label)}</dt>
                    <dd>
                      <span>{writeValue(field, field.value, divisions, words) || <span className="quiet">{t("form.none")}</span>}</span>
                      <SourceTag source={field.source} />
                      {field.differs !== undefined ? (
                        <span className="field-warning">
                          {t("form.differs", { source: text(field.source?.name) || t("source.register"), value: writeValue(field, field.differs, divisions, words) })}
                        </span>
                      ) : null}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </section>
  );
}

function RoutePanel({ of }: { of: CaseView }) {
  const { t, text, moment } = useWords();
  return (
    <section className="panel" aria-labelledby="route-title">
      <header>
        <h2 id="route-title">{t("cost.route")}</h2>
        <span className="quiet" lang="zh-CN">
          {t("case.receivedBy", { office: of.receivedBy })}
        </span>
      </header>
      <ol role="list" className="body stages progress">
        {of.route.map((stage) => (
          <li key={stage.key} data-state={stage.state} aria-current={stage.state === "current" ? "step" : undefined}>
            <b lang="zh-CN">{stage.officeName}</b>
            <span>
              {text(stage.name)} · {t(`stage.${stage.state}`)}
              {stage.done ? <span className="quiet"> {moment(stage.done)}</span> : null}
              {stage.officer ? <span className="quiet"> {stage.officer}</span> : null}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The written documents of the case, latest first. */
function DocumentsPanel({ of }: { of: CaseView }) {
  const { t, text, date } = useWords();
  if (of.documents.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="documents-title">
      <header>
        <h2 id="documents-title">{t("case.document")}</h2>
      </header>
      <ul role="list" className="body documents">
        {[...of.documents].reverse().map((d) => (
          <li key={d.seq} data-document={d.kind}>
            <Link to={`/desk/cases/${of.id}/documents/${d.seq}`}>{text(d.title)}</Link>
            <span className="quiet">
              <span lang="zh-CN">{d.number}</span> · {date(d.on)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How the case ended, or what the applicant has been asked for. */
function DecisionNote({ of }: { of: CaseView }) {
  const { t, text, date, moment } = useWords();
  const names = new Map(of.outcome.materials.map((m) => [m.id, text(m.name)]));
  if (of.decision) {
    return (
      <section className={`note ${of.decision.granted ? "good" : "bad"}`} aria-label={t("case.decision")}>
        <h2>{of.decision.lapse ? t(`phase.lapse.${of.decision.lapse}`) : t(of.decision.granted ? "phase.granted" : `phase.${of.phase}`)}</h2>
        <p className="quiet">
          <span lang="zh-CN">{of.decision.office}</span> {of.decision.by} {moment(of.decision.at)}
        </p>
        {of.decision.reasons ? <p>{of.decision.reasons}</p> : null}
        {of.decision.remedies ? <p className="quiet">{text(of.decision.remedies)}</p> : null}
      </section>
    );
  }
  if (!of.supplement) return null;
  return (
    <section className="note warn" aria-label={t("case.supplement")}>
      <h2>{t(of.supplement.supplied ? "case.supplied" : "case.supplement")}</h2>
      <p>{of.supplement.text}</p>
      {of.clock.answerBy && of.phase === "supplement" ? <p>{t("case.answerBy", { date: date(of.clock.answerBy) })}</p> : null}
      <p className="quiet">
        {of.supplement.materials.map((id) => names.get(id) ?? id).join("、")} · {moment(of.supplement.at)}
      </p>
    </section>
  );
}
