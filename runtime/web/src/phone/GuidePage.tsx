import { body, client } from "@tongban/shared/api/client";
import type { Material } from "@tongban/shared/api/types";
import { Articles, articleText, termText } from "@tongban/shared/explain";
import { useTitle, useWords, type Words } from "@tongban/shared/words";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { Fault } from "../frame/Fault";

/** A material and, where it is not the applicant's own, whose. */
function nameOf(material: Material, text: Words["text"]): string {
  return material.of !== "applicant" && text(material.ofName) ? `${text(material.name)} (${text(material.ofName)})` : text(material.name);
}

/** The guide of an item (办事指南): who may apply, what to bring, what it costs, how long it takes. */
export function GuidePage() {
  const words = useWords();
  const { t, text, money } = words;
  const { code = "" } = useParams();
  const { data: guide, error, refetch } = useQuery({
    queryKey: ["guide", code],
    queryFn: () => body(client.GET("/api/v1/items/{code}", { params: { path: { code } } })),
  });
  useTitle(`${text(guide?.name)} · ${t("app.title")}`);
  if (error) return <Fault error={error} retry={() => void refetch()} />;
  if (!guide) return <p aria-busy />;
  const { outcome } = guide;
  const sure = outcome.materials.filter((m) => m.need === "required");
  const perhaps = outcome.materials.filter((m) => m.need === "undetermined" || m.need === "optional");
  return (
    <article className="guide">
      <p className="crumb">
        <Link to="/m/items">{t("phone.items")}</Link>
      </p>
      <h1>{text(guide.name)}</h1>
      {text(guide.summary) ? <p className="lead">{text(guide.summary)}</p> : null}
      <dl className="phone-facts">
        <div>
          <dt>{t("guide.time")}</dt>
          <dd>{termText(outcome.limit.promised, words)}</dd>
        </div>
        <div>
          <dt>{t("cost.fee")}</dt>
          <dd>{outcome.fees.lines.length === 0 ? t("cost.free") : outcome.fees.state === "known" ? money(outcome.fees.total) : t("guide.feeDepends")}</dd>
        </div>
        <div>
          <dt>{t("guide.visits")}</dt>
          <dd>{guide.onSiteVisits === 0 ? t("guide.noVisit") : t("guide.visitTimes", { n: guide.onSiteVisits, count: guide.onSiteVisits })}</dd>
        </div>
        <div>
          <dt>{t("guide.where")}</dt>
          <dd>{t(`scope.${guide.scope as "street" | "county" | "city" | "province" | "nation"}`)}</dd>
        </div>
        <div>
          <dt>{t("guide.authority")}</dt>
          <dd>{text(guide.authority)}</dd>
        </div>
      </dl>

      <h2>{t("guide.who")}</h2>
      <ul className="guide-list">
        {outcome.eligibility.conditions.map((condition) => (
          <li key={condition.id}>
            {text(condition.title) ? <b>{text(condition.title)}</b> : null}
            <span>{text(condition.sentence)}</span>
            <Articles legal={condition.legal} />
          </li>
        ))}
      </ul>

      <h2>{t("guide.bring")}</h2>
      <ul className="guide-list">
        {sure.map((m) => (
          <li key={m.id}>
            <b>{nameOf(m, text)}</b>
            {m.group ? <span>{t("materials.oneOf")}</span> : null}
            {text(m.standard) ? <span>{text(m.standard)}</span> : null}
            {text(m.blank) ? (
              <details>
                <summary>{t("materials.blank")}</summary>
                <p className="blank-form">{text(m.blank)}</p>
              </details>
            ) : null}
            {m.tolerateDays ? <span>{t("materials.tolerate", { n: m.tolerateDays })}</span> : null}
          </li>
        ))}
      </ul>
      {perhaps.length > 0 ? (
        <>
          <h3>{t("guide.perhaps")}</h3>
          <ul className="guide-list">
            {perhaps.map((m) => (
              <li key={m.id}>
                <b>{nameOf(m, text)}</b>
                <span>{text(m.why) ? t("materials.why", { why: text(m.why) }) : t(m.group ? "materials.oneOf" : `material.${m.need === "optional" ? "optional" : "undetermined"}`)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <p className="quiet">{t("guide.licences")}</p>

      <h2>{t("guide.result")}</h2>
      <ul className="guide-list">
        {outcome.results.map((r, i) => (
          <li key={i}>{text(r.name)}</li>
        ))}
      </ul>
      <h2>{t("guide.law")}</h2>
      <ul className="guide-list" lang="zh-CN">
        {guide.legal.map((ref) => (
          <li key={ref.title + (ref.article ?? "")}>{articleText(ref)}</li>
        ))}
      </ul>
    </article>
  );
}
