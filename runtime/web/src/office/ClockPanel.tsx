import type { CaseView, ClockEntry } from "@tongban/shared/api/types";
import { termText } from "@tongban/shared/explain";
import { useWords } from "@tongban/shared/words";

/** The legal clock: its days, and how it ran, stood still and was lengthened. */
export function ClockPanel({ of }: { of: CaseView }) {
  const { t, date } = useWords();
  const { clock } = of;
  const expected = clock.paused ? t("clock.expected") : "";
  const lines = [
    ["clock.receivedOn", clock.receivedOn, ""],
    ["clock.noticeBy", clock.acceptedOn ? undefined : clock.noticeBy, ""],
    ["clock.answerBy", clock.acceptedOn ? undefined : clock.answerBy, ""],
    ["clock.acceptedOn", clock.acceptedOn, ""],
    ["clock.promisedDue", clock.promisedDue, expected],
    ["clock.statutoryDue", clock.statutoryDue, expected],
    ["clock.decidedOn", clock.decidedOn, ""],
  ] as const;
  return (
    <section className="panel" aria-labelledby="clock-title">
      <header>
        <h2 id="clock-title">{t("clock.title")}</h2>
      </header>
      <dl className="body facts">
        {lines.map(([word, value, note]) =>
          value ? (
            <div key={word}>
              <dt>{t(word)}</dt>
              <dd>
                {date(value)}
                {note ? <span className="quiet">{note}</span> : null}
              </dd>
            </div>
          ) : null,
        )}
      </dl>
      {clock.ledger.some((e) => e.kind !== "run") ? (
        <div className="body ledger-box">
          <h3>{t("clock.ledger")}</h3>
          <ol role="list" className="ledger">
            {clock.ledger.map((entry, i) => (
              <Entry key={i} of={entry} />
            ))}
          </ol>
        </div>
      ) : null}
    </section>
  );
}

function Entry({ of }: { of: ClockEntry }) {
  const words = useWords();
  const { t, text, date } = words;
  const span =
    of.kind === "extended"
      ? date(of.from)
      : of.to
        ? t("proc.span", { from: date(of.from), to: date(of.to) })
        : t("clock.from", { from: date(of.from) });
  const how =
    of.kind === "extended" && of.n && of.unit
      ? termText({ n: of.n, unit: of.unit }, words)
      : of.workdays !== undefined
        ? t("clock.workdays", { n: of.workdays, count: of.workdays })
        : "";
  return (
    <li data-kind={of.kind}>
      <b>{t(`clock.${of.kind}`)}</b> {how}
      {text(of.procedure) ? <span> · {text(of.procedure)}</span> : null}
      <span className="quiet"> {span}</span>
    </li>
  );
}
