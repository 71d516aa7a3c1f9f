import type { HistoryEntry } from "@tongban/shared/api/types";
import { useWords } from "@tongban/shared/words";

/** What happened to a case, latest first. */
export function Timeline({ entries }: { entries: readonly HistoryEntry[] }) {
  const { t, text, moment } = useWords();
  return (
    <ol role="list" className="timeline">
      {[...entries]
        .sort((a, b) => b.seq - a.seq)
        .map((entry) => (
          <li key={entry.seq} data-kind={entry.kind}>
            <p>
              <b>{t(entry.deemed ? "history.deemed" : `history.${entry.kind}`)}</b>
              {text(entry.stage) ? <span className="quiet"> {text(entry.stage)}</span> : null}
            </p>
            <p className="quiet">
              <time dateTime={entry.at}>{moment(entry.at)}</time>
              {entry.office ? <span lang="zh-CN"> {entry.office}</span> : null} {entry.by}
            </p>
            {text(entry.note) ? <p>{text(entry.note)}</p> : null}
            {entry.text ? <p className="timeline-text">{entry.text}</p> : null}
          </li>
        ))}
    </ol>
  );
}
