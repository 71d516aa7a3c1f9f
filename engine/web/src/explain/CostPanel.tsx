import type { Outcome, Term, Text } from "../api/types";
import { useWords, type Words } from "../words";
import { Articles, Missing } from "./ExplanationPanel";
import "./explain.css";

/** What the item concludes and costs, how long it may take, and (unless shown elsewhere) which offices the case visits. */
export function CostPanel({ outcome, onJump, withRoute = true }: { outcome: Outcome; onJump?(path: string): void; withRoute?: boolean }) {
  const words = useWords();
  const { t, text, money, date } = words;
  const { fees, limit, route } = outcome;
  const derived = outcome.derived.filter((d) => !d.hidden && d.state !== "absent");
  const results = outcome.results.filter((r) => r.number);
  return (
    <section className="panel cost" aria-labelledby="cost-title">
      <header>
        <h2 id="cost-title">{t(withRoute ? "cost.title" : "cost.titleShort")}</h2>
      </header>
      <dl className="body facts">
        {derived.map((d) => (
          <div key={d.key}>
            <dt>{text(d.label)}</dt>
            <dd>
              {d.state === "known" ? <b className="amount">{text(d.text)}</b> : <span className="quiet">{t("form.notYet")}</span>}
              {d.state === "unknown" ? <Missing paths={d.missing} outcome={outcome} onJump={onJump} /> : null}
              <Rows rows={d.rows?.map((row) => ({ ...row, key: row.number })) ?? []} />
              <Rows rows={matched(d.matched, words)} />
              <Articles legal={d.legal} />
            </dd>
          </div>
        ))}
        {results.length > 0 ? (
          <div>
            <dt>{t("cost.results")}</dt>
            <dd>
              <Rows rows={results.map((result, i) => ({ ...result, key: i, name: joined(result.name, result.ofName) }))} />
            </dd>
          </div>
        ) : null}
        <div>
          <dt>{t("cost.fee")}</dt>
          <dd>
            {fees.state === "unknown" ? (
              <span className="quiet">{t("form.notYet")}</span>
            ) : fees.total === 0 ? (
              <b>{t("cost.free")}</b>
            ) : (
              <b className="amount">{money(fees.total)}</b>
            )}
            {fees.lines
              .filter((line) => line.state === "known")
              .map((line) => (
                <p key={line.id} className="quiet">
                  {text(joined(line.label, line.ofName))} {money(line.amount)}
                  <Articles legal={line.legal} />
                </p>
              ))}
          </dd>
        </div>
        <div>
          <dt>{t("cost.limit")}</dt>
          <dd>
            <b>{limit.caseType === "instant" ? t("cost.instant") : termText(limit.promised, words)}</b>
            {limit.promised.due ? <span className="quiet"> {t("cost.by", { date: date(limit.promised.due) })}</span> : null}
            <p className="quiet">
              {limit.statutory ? t("cost.statutory", { term: termText(limit.statutory, words) }) : t("cost.noStatutory")}
              {limit.statutory?.due ? ` ${t("cost.by", { date: date(limit.statutory.due) })}` : ""}
            </p>
            {text(limit.why) ? <p className="quiet">{text(limit.why)}</p> : null}
            {limit.missing?.length ? <p className="quiet">{t("cost.limitDepends")}</p> : null}
            {limit.after ? <p className="quiet">{t("cost.after", { name: text(limit.after.name), term: termText(limit.after, words) })}</p> : null}
            {(outcome.procedures ?? [])
              .filter((p) => p.need === "required")
              .map((p) => (
                <p key={p.key} className="quiet">
                  {t(p.suspends ? "cost.procedureUncounted" : "cost.procedure", { name: text(p.name) })}
                </p>
              ))}
          </dd>
        </div>
        {withRoute ? (
          <div>
            <dt>{t("cost.route")}</dt>
            <dd>
              {route.state === "known" ? (
                <>
                  <ol role="list" className="stages">
                    {route.stages.map((stage) => (
                      <li key={stage.key}>
                        <b lang="zh-CN">{stage.officeName}</b>
                        <span className="quiet">
                          {text(stage.name)}
                          {stage.days ? ` · ${t("cost.stageDays", { n: stage.days })}` : ""}
                        </span>
                      </li>
                    ))}
                  </ol>
                  {text(route.why) ? <p className="quiet">{text(route.why)}</p> : null}
                </>
              ) : (
                <span className="quiet">{t(route.state === "error" ? "cost.routeError" : "form.notYet")}</span>
              )}
              {route.state === "unknown" ? <Missing paths={route.missing} outcome={outcome} onJump={onJump} /> : null}
            </dd>
          </div>
        ) : null}
        {outcome.parameters.length > 0 ? (
          <div>
            <dt>{t("cost.parameters")}</dt>
            <dd>
              <ul role="list" className="parameters">
                {outcome.parameters.map((p) => (
                  <li key={`${p.key} ${p.from}`}>
                    {text(p.label)} {text(p.text)}
                    <span className="quiet" lang="zh-CN">
                      {" "}
                      {p.document}
                    </span>
                    {p.illustrative ? <span className="tag">{t("cost.illustrative")}</span> : null}
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        ) : null}
      </dl>
    </section>
  );
}

/** What the rows of a list come to, each under its name. */
function Rows({ rows }: { rows: { key: number; name: Text; state: string; text?: Text }[] }) {
  const { t, text } = useWords();
  if (rows.length === 0) return null;
  return (
    <ul role="list" className="each">
      {rows.map((row) => (
        <li key={row.key}>
          <span className="quiet">{text(row.name)}</span> {row.state === "known" ? text(row.text) : t(row.state === "absent" ? "form.none" : "form.notYet")}
        </li>
      ))}
    </ul>
  );
}

/** The rows of a table that a value was gathered from; those that are only counted tell no more than their number. */
function matched(rows: Outcome["derived"][number]["matched"], { t }: Pick<Words, "t">) {
  return (rows ?? [])
    .filter((row) => row.text)
    .map((row) => ({ key: row.row, name: { zh: t("cost.tableRow", { n: row.row }), en: t("cost.tableRow", { n: row.row }) }, state: "known", text: row.text }));
}

function joined(name: Text, of: Text | undefined): Text {
  return of ? { zh: `${name.zh}（${of.zh}）`, en: `${name.en ?? name.zh} (${of.en ?? of.zh})` } : name;
}

/** A time limit in words, its unit always said: working and calendar days are counted differently. */
export function termText(term: Term, { t }: Pick<Words, "t">): string {
  if (term.n === 0) return t("cost.instant");
  return t(`term.${term.unit}`, { n: term.n, count: term.n });
}
