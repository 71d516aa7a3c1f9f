import type { Source } from "../api/types";
import { useWords } from "../words";

const SHAPES = {
  licence: "M2.5 3.5h11v9h-11zM4.8 6.4h3M4.8 9.4h6.4",
  register: "M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2.4",
  computed: "M3 13.2 8 2.8l5 10.4M4.9 9.3h6.2",
  person: "M8 8.2a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM3 13.5c.5-2.6 2.5-3.9 5-3.9s4.5 1.3 5 3.9",
  given: "M3 3.5h10M3 8h10M3 12.5h6",
} as const;

/** Where a value came from: the e-licence, the register, or a computation. What the person said needs no tag. */
export function SourceTag({ source }: { source: Source | undefined }) {
  const { t, text, date } = useWords();
  if (!source || source.kind === "person") return null;
  const name = text(source.name) || t(`source.${source.kind}`);
  const title = [t(`source.${source.kind}`), name, source.ref, source.asOf ? t("source.asOf", { date: date(source.asOf) }) : ""]
    .filter((part, i, all) => part && all.indexOf(part) === i)
    .join(" · ");
  return (
    <span className={`tag ${source.kind === "computed" ? "" : "brand"}`} title={title}>
      <svg width="13" height="13" viewBox="0 0 16 16" aria-hidden fill="none" stroke="currentColor" strokeWidth="1.4">
        <path d={SHAPES[source.kind]} />
      </svg>
      <span className="unseen">{t("source.from")} </span>
      {name}
      {source.asOf ? <span className="unseen"> {t("source.asOf", { date: date(source.asOf) })}</span> : null}
    </span>
  );
}
