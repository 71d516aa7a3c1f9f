import { body, client } from "@tongban/shared/api/client";
import type { CaseSummary } from "@tongban/shared/api/types";
import { useTitle, useWords } from "@tongban/shared/words";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { Link } from "react-router";

import { Fault } from "../frame/Fault";
import { useShortcuts } from "../frame/shortcuts";
import { useSession } from "../session/SessionProvider";
import { Light } from "./Light";
import "./office.css";

/** The cases whose turn it is at this office, the most urgent first. */
export function OfficeQueue() {
  return <Queue queue="office" />;
}

/** The cases this window received, wherever they are now. */
export function ReceivedQueue() {
  return <Queue queue="received" />;
}

function Queue({ queue }: { queue: "office" | "received" }) {
  const { t } = useWords();
  const { session } = useSession();
  const title = t(`queue.${queue}`);
  useTitle(`${title} · ${t("app.title")}`);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["cases", queue],
    queryFn: ({ pageParam }) => body(client.GET("/api/v1/cases", { params: { query: { queue, limit: 50, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next || undefined,
    staleTime: 0,
    refetchInterval: 30_000,
  });
  const cases = data?.pages.flatMap((page) => page.cases) ?? [];
  const table = useRef<HTMLTableElement>(null);

  const move = (step: number) => {
    const links = [...(table.current?.querySelectorAll<HTMLAnchorElement>("a[data-case]") ?? [])];
    const at = links.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
    links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    // The first row is marked until another one has the focus: Enter opens it from anywhere that has no use for Enter.
    Enter: () => {
      const first = table.current?.querySelector<HTMLAnchorElement>("a[data-case]");
      const at = document.activeElement;
      if (!first || (at !== document.body && at?.id !== "page")) return false;
      first.click();
    },
  });
  return (
    <div className="queue">
      <header className="queue-head">
        <h1>{title}</h1>
        <span className="quiet" lang="zh-CN">
          {session?.officeName}
        </span>
        <span className="quiet queue-keys">{t("queue.keys")}</span>
      </header>
      <Fault error={error} retry={() => void refetch()} />
      {cases.length > 0 ? (
        <div className="panel table-box">
          <table ref={table}>
            <thead>
              <tr>
                <th scope="col">{t("queue.light")}</th>
                <th scope="col">{t("queue.due")}</th>
                <th scope="col">{t("queue.item")}</th>
                <th scope="col">{t("queue.applicant")}</th>
                <th scope="col">{t("queue.stage")}</th>
                <th scope="col">{t("queue.number")}</th>
                <th scope="col">{t("queue.receivedAt")}</th>
              </tr>
            </thead>
            <tbody>
              {cases.map((c) => (
                <Row key={c.id} of={c} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {data && cases.length === 0 ? <p className="empty panel">{t(`queue.empty.${queue}`)}</p> : null}
      {hasNextPage ? (
        <button type="button" className="btn" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("queue.more")}
        </button>
      ) : null}
    </div>
  );
}

function Row({ of }: { of: CaseSummary }) {
  const { t, text, date, moment } = useWords();
  return (
    <tr>
      <td>
        <Light of={of} />
      </td>
      <td className="nowrap">{of.due ? date(of.due) : "—"}</td>
      <td>
        <Link to={`/desk/cases/${of.id}`} data-case={of.number}>
          {text(of.item)}
        </Link>
        {text(of.paused) ? <span className="tag">{t("queue.paused", { name: text(of.paused) })}</span> : null}
        {of.returned ? <span className="tag warn">{t("queue.returned")}</span> : null}
      </td>
      <td className="nowrap">{of.applicant}</td>
      <td>{text(of.stage) || t(`phase.${of.phase}`)}</td>
      <td className="code nowrap">{of.number}</td>
      <td className="nowrap quiet">{moment(of.received)}</td>
    </tr>
  );
}
