import { body, client } from "@tongban/shared/api/client";
import type { Progress } from "@tongban/shared/api/types";
import { Mark, type Shape } from "@tongban/shared/explain";
import { useTitle, useWords, type WordKey } from "@tongban/shared/words";
import { useEffect, useRef, useState, type FormEvent } from "react";

import { Fault } from "../frame/Fault";
import { Issued } from "../office/DocumentPage";

const SHAPES: Record<Progress["phase"], Shape> = {
  received: "open",
  supplement: "open",
  review: "open",
  granted: "good",
  refused: "bad",
  "not-accepted": "bad",
  withdrawn: "none",
};

/** Where a case is, by its number and the identity number, without an account. Neither is kept or put into the address. */
export function FollowPage() {
  const { t } = useWords();
  const [number, setNumber] = useState("");
  const [idNumber, setIdNumber] = useState("");
  const [progress, setProgress] = useState<Progress>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const result = useRef<HTMLHeadingElement>(null);
  useTitle(`${t("phone.follow")} · ${t("app.title")}`);
  useEffect(() => {
    if (progress) result.current?.focus();
  }, [progress]);

  const ask = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      setProgress(
        await body(client.POST("/api/v1/progress", { body: { number: number.replace(/\s/g, ""), idNumber: idNumber.replace(/\s/g, "").toUpperCase() } })),
      );
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  if (progress) {
    return <Result progress={progress} heading={result} again={() => setProgress(undefined)} refresh={() => void ask()} busy={busy} error={error} />;
  }
  return (
    <>
      <h1>{t("phone.followTitle")}</h1>
      <p className="lead">{t("phone.followText")}</p>
      <form className="phone-form" onSubmit={(event) => void ask(event)}>
        <label htmlFor="case-number">{t("phone.number")}</label>
        <input id="case-number" value={number} required autoComplete="off" autoCapitalize="characters" spellCheck={false} onChange={(e) => setNumber(e.target.value)} />
        <label htmlFor="id-number">{t("phone.idNumber")}</label>
        <input id="id-number" value={idNumber} required autoComplete="off" autoCapitalize="characters" spellCheck={false} onChange={(e) => setIdNumber(e.target.value)} />
        <Fault error={error} />
        <button type="submit" className="btn primary" disabled={busy} aria-busy={busy}>
          {t(busy ? "phone.asking" : "phone.ask")}
        </button>
      </form>
    </>
  );
}

interface ResultProps {
  progress: Progress;
  heading: React.RefObject<HTMLHeadingElement | null>;
  again(): void;
  refresh(): void;
  busy: boolean;
  error: unknown;
}

function Result({ progress, heading, again, refresh, busy, error }: ResultProps) {
  const { t, text, date, moment } = useWords();
  return (
    <>
      <section className={`phone-state ${SHAPES[progress.phase]}`} data-phase={progress.phase}>
        <p className="quiet">{text(progress.item)}</p>
        <h1 ref={heading} tabIndex={-1}>
          <Mark shape={SHAPES[progress.phase]} /> {progress.decision?.lapse ? t(`phase.lapse.${progress.decision.lapse}`) : t(`phase.${progress.phase}`)}
        </h1>
        <Next progress={progress} />
        {progress.supplement && !progress.supplement.supplied ? <p className="phone-quote">{progress.supplement.text}</p> : null}
        {progress.decision?.reasons ? <p className="phone-quote">{progress.decision.reasons}</p> : null}
        {progress.decision?.remedies ? <p className="quiet">{text(progress.decision.remedies)}</p> : null}
      </section>
      <dl className="phone-facts">
        <div>
          <dt>{t("phone.applicant")}</dt>
          <dd>{progress.applicant}</dd>
        </div>
        <div>
          <dt>{t("phone.number")}</dt>
          <dd className="code">{progress.number}</dd>
        </div>
      </dl>
      <h2>{t("phone.stages")}</h2>
      <ol role="list" className="stages progress">
        {progress.stages.map((stage) => (
          <li key={stage.key} data-state={stage.state} aria-current={stage.state === "current" ? "step" : undefined}>
            <b>{text(stage.name)}</b>
            <span lang="zh-CN">{stage.officeName}</span>
            <span className="quiet">
              {t(`stage.${stage.state}`)}
              {stage.done ? ` · ${moment(stage.done)}` : ""}
            </span>
          </li>
        ))}
      </ol>
      {progress.procedures.length > 0 ? (
        <>
          <h2>{t("phone.procedures")}</h2>
          <ul role="list" className="phone-list">
            {progress.procedures.map((p) => (
              <li key={p.key} data-procedure={p.key} data-state={p.state}>
                <b>{text(p.name)}</b>
                <span>{t(`proc.${p.state}`)}</span>
                {p.runs.map((run, i) => (
                  <span key={i} className="quiet">
                    {run.ended
                      ? run.ended === run.on
                        ? date(run.on)
                        : t("proc.span", { from: date(run.on), to: date(run.ended) })
                      : t("proc.since", { from: date(run.on), until: date(run.until) })}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {progress.documents.length > 0 ? (
        <>
          <h2>{t("phone.documents")}</h2>
          {[...progress.documents].reverse().map((d) => (
            <details key={d.seq} className="phone-document" data-document={d.kind}>
              <summary>
                <b>{text(d.title)}</b> <span className="quiet">{date(d.on)}</span>
              </summary>
              <Issued of={d} />
            </details>
          ))}
        </>
      ) : null}
      <h2>{t("phone.history")}</h2>
      <ol role="list" className="phone-history">
        {[...progress.history].reverse().map((entry) => (
          <li key={entry.seq}>
            <b>{t(entry.deemed ? "history.deemed" : `history.${entry.kind}`)}</b>
            <span className="quiet">{moment(entry.at)}</span>
            {text(entry.note) ? <span className="phone-note">{text(entry.note)}</span> : null}
          </li>
        ))}
      </ol>
      <h2>{t("phone.contact")}</h2>
      <p>
        <span lang="zh-CN">{progress.contact.office}</span>
        {progress.contact.phone ? (
          <>
            <br />
            <a href={`tel:${progress.contact.phone}`}>{progress.contact.phone}</a>
          </>
        ) : null}
        {progress.contact.address ? (
          <>
            <br />
            <span lang="zh-CN">{progress.contact.address}</span>
          </>
        ) : null}
      </p>
      <Fault error={error} />
      <div className="phone-acts">
        <button type="button" className="btn" onClick={refresh} disabled={busy}>
          {t("phone.refresh")}
        </button>
        <button type="button" className="btn" onClick={again}>
          {t("phone.another")}
        </button>
      </div>
    </>
  );
}

/** What happens next, with why the clock stands still if it does. */
function Next({ progress }: { progress: Progress }) {
  const { t, text, date } = useWords();
  const { paused, delivery, decision, answerBy } = progress;
  if (paused) {
    return (
      <div data-paused>
        <p>{t("next.paused", { name: text(paused.procedure), since: date(paused.since), until: date(paused.until) })}</p>
        {paused.reason ? <p className="phone-quote">{paused.reason}</p> : null}
        {progress.due ? <p>{t("next.pausedDue", { date: date(progress.due) })}</p> : null}
      </div>
    );
  }
  if (delivery) {
    return <p>{delivery.on ? t("next.delivered", { date: date(delivery.on) }) : t("next.deliver", { name: text(delivery.name), date: date(delivery.due) })}</p>;
  }
  if (decision?.lapse) return <p>{t("next.lapsed")}</p>;
  return (
    <>
      <p>{t(nextWord(progress), { date: date(progress.due) })}</p>
      {answerBy ? <p>{t("next.answerBy", { date: date(answerBy) })}</p> : null}
    </>
  );
}

/** What happens next, in plain words. */
function nextWord(progress: Progress): WordKey {
  if (progress.phase === "received" && !progress.due) return "next.receivedOpen";
  if (progress.phase === "review" && !progress.due) return "next.reviewOpen";
  return `next.${progress.phase}`;
}
