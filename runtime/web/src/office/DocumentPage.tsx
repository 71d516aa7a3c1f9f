import { body, client } from "@tongban/shared/api/client";
import type { DocumentView } from "@tongban/shared/api/types";
import { useTitle, useWords } from "@tongban/shared/words";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { Fault } from "../frame/Fault";
import "../desk/receipt.css";

/** A written document of a case as it was issued, to read and to print. It bears no seal: none is drawn that is not there. */
export function DocumentPage() {
  const { t, text } = useWords();
  const { id = "", seq = "" } = useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ["case", id],
    queryFn: () => body(client.GET("/api/v1/cases/{id}", { params: { path: { id } } })),
  });
  const document = data?.documents.find((d) => String(d.seq) === seq);
  useTitle(document ? `${text(document.title)} ${document.number}` : t("case.document"));
  if (error && !data) return <Fault error={error} retry={() => void refetch()} />;
  if (!data) return <p className="centred" aria-busy />;
  return (
    <div className="receipt-page">
      <div className="receipt-acts" role="group" aria-label={t("receipt.acts")}>
        {document ? (
          <button type="button" className="btn primary" onClick={() => window.print()}>
            {t("doc.print")}
          </button>
        ) : null}
        <Link className="btn" to={`/desk/cases/${id}`}>
          {t("doc.back")}
        </Link>
      </div>
      {document ? <Issued of={document} /> : <p className="empty panel">{t("case.noDocuments")}</p>}
    </div>
  );
}

/** The document itself, for paper and for the phone. */
export function Issued({ of }: { of: DocumentView }) {
  const { t, text, date } = useWords();
  return (
    <article className="receipt document" aria-labelledby={`document-${of.seq}`}>
      <p className="receipt-office" lang="zh-CN">
        {of.office}
      </p>
      <h1 id={`document-${of.seq}`}>{text(of.title)}</h1>
      <p className="document-number">
        {t("doc.number")} <span lang="zh-CN">{of.number}</span>
      </p>
      {of.to ? <p>{t("doc.to", { name: of.to })}</p> : null}
      {(of.text ?? []).map((paragraph, i) => (
        <p key={i} className="document-text">
          {text(paragraph)}
        </p>
      ))}
      {of.shows ? (
        <dl className="receipt-facts" aria-label={t("proc.shows")}>
          {of.shows.map((s, i) => (
            <div key={i}>
              <dt>{text(s.label)}</dt>
              <dd>{text(s.text)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      <p className="document-sign">
        <span lang="zh-CN">{of.office}</span>
        <br />
        {date(of.on)}
      </p>
      <p className="receipt-note">{t("doc.noSeal")}</p>
    </article>
  );
}
