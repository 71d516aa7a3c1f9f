import type { Clause, Condition, LegalRef, Outcome } from "../api/types";
import { SourceTag } from "../form/SourceTag";
import { writeFound } from "../form/values";
import { useWords } from "../words";
import { Mark, shapeOf } from "./Mark";
import "./explain.css";

export interface ExplanationPanelProps {
  outcome: Outcome;
  /** Jumps to a fact that is still missing; without it missing facts are only named. */
  onJump?(path: string): void;
}

/**
 * The pre-check and why: each condition with its verdict, its sentence, what was needed and found (and from where), and
 * the articles. A condition that is met is folded; what needs an eye lies open.
 */
export function ExplanationPanel({ outcome, onJump }: ExplanationPanelProps) {
  const { t } = useWords();
  const { verdict, conditions } = outcome.eligibility;
  return (
    <section className="panel explain" aria-labelledby="explain-title">
      <header>
        <h2 id="explain-title">{t("explain.title")}</h2>
        <span className={`verdict ${shapeOf(verdict)}`} data-verdict={verdict}>
          <Mark shape={shapeOf(verdict)} />
          {t(`verdict.${verdict}`)}
        </span>
      </header>
      <div className="body">
        {verdict === "unmet" ? <p className="explain-note">{t("explain.neverRefused")}</p> : null}
        <ul role="list" className="conditions">
          {conditions.map((condition) => (
            <ConditionRow key={condition.id} condition={condition} outcome={outcome} onJump={onJump} />
          ))}
        </ul>
        {conditions.length === 0 ? <p className="quiet">{t("explain.noConditions")}</p> : null}
      </div>
    </section>
  );
}

function ConditionRow({ condition, outcome, onJump }: { condition: Condition } & ExplanationPanelProps) {
  const { t, text } = useWords();
  const { verdict } = condition;
  const settled = verdict === "met" || verdict === "not-applicable";
  return (
    <li className="condition">
      <details key={settled ? "settled" : "open"} open={!settled}>
        <summary>
          <Mark shape={shapeOf(verdict)} label={t(`condition.${verdict}`)} />
          <span className="condition-title">{text(condition.title) || text(condition.sentence)}</span>
        </summary>
        <div className="condition-body">
          {verdict === "unmet" && text(condition.otherwise) ? <p className="otherwise">{text(condition.otherwise)}</p> : null}
          {text(condition.title) ? <p className="sentence">{text(condition.sentence)}</p> : null}
          {verdict !== "not-applicable" ? <Clauses clauses={condition.clauses} /> : null}
          {condition.rows?.length ? (
            <ul role="list" className="each">
              {condition.rows.map((row) => (
                <li key={row.number}>
                  <p className="clause-needed">
                    <Mark shape={shapeOf(row.verdict)} label={t(`condition.${row.verdict}`)} />
                    {text(row.name)}
                  </p>
                  <Clauses clauses={row.clauses ?? []} />
                </li>
              ))}
            </ul>
          ) : null}
          <Missing paths={condition.missing} outcome={outcome} onJump={onJump} />
          <Articles legal={condition.legal} />
        </div>
      </details>
    </li>
  );
}

function Clauses({ clauses }: { clauses: Clause[] }) {
  if (clauses.length === 0) return null;
  return (
    <ul role="list" className="clauses">
      {clauses.map((clause, i) => (
        <ClauseRow key={i} clause={clause} alone={clauses.length === 1} />
      ))}
    </ul>
  );
}

function ClauseRow({ clause, alone }: { clause: Clause; alone: boolean }) {
  const { t, text, language } = useWords();
  return (
    <li className="clause">
      {alone ? null : (
        <p className="clause-needed">
          <Mark shape={shapeOf(clause.verdict)} label={t(`condition.${clause.verdict}`)} />
          {text(clause.sentence)}
        </p>
      )}
      {clause.found?.map((found) => (
        <p key={found.path} className="found">
          <span className="quiet">{text(found.label)}</span>
          <b>{found.state === "known" ? writeFound(found, language) : t(found.state === "absent" ? "form.none" : "form.notYet")}</b>
          <SourceTag source={found.source} />
        </p>
      ))}
    </li>
  );
}

/** The facts that would settle something, each a jump to its field. */
export function Missing({ paths, outcome, onJump }: { paths: string[] | undefined } & ExplanationPanelProps) {
  const { t, text } = useWords();
  if (!paths?.length) return null;
  const labels = new Map(outcome.sections.flatMap((s) => s.fields.map((f) => [f.path, text(f.label)])));
  for (const question of outcome.questions) if (!labels.has(question.path)) labels.set(question.path, text(question.label));
  const known = paths.filter((path) => labels.has(path));
  if (known.length === 0) return null;
  return (
    <p className="missing">
      {t("explain.missing")}{" "}
      {known.map((path) =>
        onJump ? (
          <button key={path} type="button" className="link" onClick={() => onJump(path)}>
            {labels.get(path)}
          </button>
        ) : (
          <span key={path} className="tag">
            {labels.get(path)}
          </span>
        ),
      )}
    </p>
  );
}

/** The articles a statement rests on. */
export function Articles({ legal }: { legal: LegalRef[] | undefined }) {
  const { t } = useWords();
  if (!legal?.length) return null;
  return (
    <ul role="list" className="articles" aria-label={t("explain.articles")}>
      {legal.map((ref) => (
        <li key={`${ref.title} ${ref.article ?? ""}`} lang="zh-CN">
          {articleText(ref)}
        </li>
      ))}
    </ul>
  );
}

/** An article as it is cited: 《title》(document number) article. Titles of law are Chinese in both languages. */
export function articleText(ref: LegalRef): string {
  return `《${ref.title.replace(/^《|》$/g, "")}》${ref.documentNo ? `（${ref.documentNo}）` : ""}${ref.article ?? ""}`;
}
