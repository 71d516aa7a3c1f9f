import { body, client } from "@tongban/shared/api/client";
import { termText } from "@tongban/shared/explain";
import { useTitle, useWords } from "@tongban/shared/words";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link, useParams } from "react-router";

import { Fault } from "../frame/Fault";
import "./receipt.css";

/** The proof that a case was received (收件回执): fits A4 and the 80 mm roll of a slip printer alike. */
export function ReceiptPage() {
  const words = useWords();
  const { t, text, date, moment, money } = words;
  const { id = "" } = useParams();
  const { data: receipt, error, refetch } = useQuery({
    queryKey: ["receipt", id],
    queryFn: () => body(client.GET("/api/v1/cases/{id}/receipt", { params: { path: { id } } })),
  });
  const print = useRef<HTMLButtonElement>(null);
  useTitle(receipt ? `${t("receipt.title")} ${receipt.number}` : t("receipt.title"));
  useEffect(() => {
    if (receipt) print.current?.focus();
  }, [receipt]);
  if (error) return <Fault error={error} retry={() => void refetch()} />;
  if (!receipt) return <p className="centred" aria-busy />;
  return (
    <div className="receipt-page">
      <div className="receipt-acts" role="group" aria-label={t("receipt.acts")}>
        <button ref={print} type="button" className="btn primary" onClick={() => window.print()}>
          {t("receipt.print")}
        </button>
        <Link className="btn" to="/desk">
          {t("receipt.next")}
        </Link>
        <Link className="btn" to={`/desk/cases/${id}`}>
          {t("receipt.case")}
        </Link>
      </div>
      <article className="receipt" aria-labelledby="receipt-title">
        <p className="receipt-office" lang="zh-CN">
          {receipt.office}
        </p>
        <h1 id="receipt-title">{t("receipt.title")}</h1>
        <p className="receipt-number">
          <span>{t("receipt.number")}</span>
          <b className="code" data-case-number>
            {receipt.number}
          </b>
        </p>
        <dl className="receipt-facts">
          <div>
            <dt>{t("receipt.item")}</dt>
            <dd>
              {text(receipt.item)} <span className="code">{receipt.itemCode}</span>
            </dd>
          </div>
          <div>
            <dt>{t("receipt.applicant")}</dt>
            <dd>
              {receipt.applicant} <span className="code">{receipt.idNumber}</span>
            </dd>
          </div>
          <div>
            <dt>{t("receipt.received")}</dt>
            <dd>
              {moment(receipt.received)}
              {receipt.clerk ? ` · ${t("receipt.clerk", { name: receipt.clerk })}` : ""}
            </dd>
          </div>
          <div>
            <dt>{t("receipt.promised")}</dt>
            <dd>{termText(receipt.promised, words)}</dd>
          </div>
          <div>
            <dt>{t("receipt.noticeBy")}</dt>
            <dd>{date(receipt.noticeBy)}</dd>
          </div>
          <div>
            <dt>{t("cost.fee")}</dt>
            <dd>{receipt.fees.state === "known" && receipt.fees.total > 0 ? money(receipt.fees.total) : t("cost.free")}</dd>
          </div>
        </dl>
        <h2>{t("materials.title")}</h2>
        <table className="receipt-materials">
          <thead>
            <tr>
              <th scope="col">{t("receipt.material")}</th>
              <th scope="col">{t("receipt.how")}</th>
            </tr>
          </thead>
          <tbody>
            {receipt.materials.map((line, i) => (
              <tr key={i}>
                <td>{text(line.name)}</td>
                <td>
                  {t(`how.${line.how}`)}
                  {line.copies && line.how === "paper" ? ` × ${line.copies}` : ""}
                  {line.reference ? <span className="code"> {t("receipt.ending", { end: line.reference.slice(-4) })}</span> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <h2>{t("cost.route")}</h2>
        <ol className="receipt-route">
          {receipt.stages.map((stage) => (
            <li key={stage.key}>
              <span lang="zh-CN">{stage.officeName}</span> {text(stage.name)}
            </li>
          ))}
        </ol>
        <p className="receipt-note">{t("receipt.meaning")}</p>
        <p className="receipt-note">{t("receipt.follow", { address: `${location.host}/m` })}</p>
        <p className="receipt-contact" lang="zh-CN">
          {[receipt.contact.office, receipt.contact.phone, receipt.contact.address].filter(Boolean).join(" · ")}
        </p>
      </article>
    </div>
  );
}
