import { body, client } from "@tongban/shared/api/client";
import type { DraftSummary, ItemSummary } from "@tongban/shared/api/types";
import { useTitle, useWords } from "@tongban/shared/words";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Input, type InputRef } from "antd";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { Link, Navigate, useNavigate } from "react-router";

import { Fault, useFaultText } from "../frame/Fault";
import { recentItems, useItemSearch } from "../frame/items";
import { useShortcuts } from "../frame/shortcuts";
import { useSession } from "../session/SessionProvider";

/** The clerk's start: one box that finds any item, what was used last, and the applications not finished yet. */
export function DeskHome() {
  const { session } = useSession();
  const roles = session?.account.roles ?? [];
  if (!roles.includes("clerk")) {
    if (roles.includes("officer") || roles.includes("supervisor")) return <Navigate to="/desk/queue" replace />;
    return <NoDesk />;
  }
  return <Window />;
}

function NoDesk() {
  const { t } = useWords();
  return <p className="centred">{t("home.noRole")}</p>;
}

function Window() {
  const { t, text } = useWords();
  const [recent] = useState(recentItems);
  useTitle(`${t("frame.window")} · ${t("app.title")}`);
  return (
    <div className="home">
      <h1 className="unseen">{t("frame.window")}</h1>
      <ItemFinder />
      <div className="home-lists">
        {recent.length > 0 ? (
          <section className="panel" aria-labelledby="recent-title">
            <header>
              <h2 id="recent-title">{t("home.recent")}</h2>
            </header>
            <ul role="list" className="rows">
              {recent.map((item) => (
                <li key={item.code}>
                  <Link to={`/desk/new/${encodeURIComponent(item.code)}`}>
                    <span>{text(item.name)}</span>
                    <span className="code quiet">{item.code}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        <Drafts />
      </div>
    </div>
  );
}

/** A combobox over the server's search. The arrows move, Enter opens, the list never hides what the box says. */
function ItemFinder() {
  const { t, text } = useWords();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const { data, error, refetch, isFetching } = useItemSearch(typed);
  const items = data?.items ?? [];
  const box = useRef<InputRef>(null);
  const listId = useId();
  const active = Math.min(at, items.length - 1);
  useEffect(() => box.current?.focus(), []);
  useShortcuts({ "/": () => box.current?.focus() });

  const open = (item: ItemSummary | undefined) => {
    if (item) void navigate(`/desk/new/${encodeURIComponent(item.code)}`);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(active + 1, items.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(active - 1, 0));
    else if (event.key === "Enter") {
      if (!isFetching) open(items[active]);
    } else if (event.key === "Escape") setTyped("");
    else return;
    event.preventDefault();
  };
  return (
    <section className="finder" aria-label={t("home.search")}>
      <Input
        ref={box}
        size="large"
        value={typed}
        role="combobox"
        aria-label={t("home.search")}
        aria-expanded={items.length > 0}
        aria-controls={listId}
        aria-activedescendant={items[active] ? `${listId}-${active}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        placeholder={t("home.searchHint")}
        prefix={
          <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round">
            <circle cx="7.6" cy="7.6" r="5.2" />
            <path d="M11.6 11.6 16 16" />
          </svg>
        }
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <Fault error={error} retry={() => void refetch()} />
      <ul id={listId} role="listbox" aria-label={t("home.results")} className="found-items">
        {items.map((item, i) => (
          <li key={item.code} id={`${listId}-${i}`} role="option" aria-selected={i === active} onMouseMove={() => setAt(i)} onClick={() => open(item)}>
            <span className="item-name">
              {text(item.name)}
              {text(item.plainName) && text(item.plainName) !== text(item.name) ? <span className="quiet">{text(item.plainName)}</span> : null}
            </span>
            <span className="item-authority">{text(item.authority)}</span>
            <span className="tag">{t(`caseType.${item.caseType}`)}</span>
            <span className="code quiet">{item.code}</span>
          </li>
        ))}
      </ul>
      {data && items.length === 0 ? (
        <p className="empty" role="status">
          {t("home.nothing", { q: typed })}
        </p>
      ) : null}
    </section>
  );
}

function Drafts() {
  const { t, text, ago } = useWords();
  const { message, modal } = App.useApp();
  const say = useFaultText();
  const calls = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: ["drafts"], queryFn: () => body(client.GET("/api/v1/drafts")), staleTime: 0 });
  const drafts = data?.drafts ?? [];
  const discard = (draft: DraftSummary) => {
    void modal.confirm({
      title: t("home.discardTitle", { name: draft.applicant }),
      content: t("home.discardText"),
      okText: t("home.discard"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await client.DELETE("/api/v1/drafts/{id}", { params: { path: { id: draft.id } } });
        } catch (problem) {
          void message.error(say(problem));
        }
        await calls.invalidateQueries({ queryKey: ["drafts"] });
      },
    });
  };
  return (
    <section className="panel" aria-labelledby="drafts-title">
      <header>
        <h2 id="drafts-title">{t("home.drafts")}</h2>
      </header>
      <Fault error={error} retry={() => void refetch()} />
      <ul role="list" className="rows">
        {drafts.map((draft) => (
          <li key={draft.id}>
            <Link to={`/desk/drafts/${draft.id}`}>
              <span>
                <b>{draft.applicant}</b> {text(draft.item)}
              </span>
              <span className="quiet">{ago(draft.updated, new Date())}</span>
            </Link>
            <button type="button" className="link bad" onClick={() => discard(draft)} aria-label={t("home.discardOf", { name: draft.applicant })}>
              {t("home.discard")}
            </button>
          </li>
        ))}
      </ul>
      {data && drafts.length === 0 ? <p className="empty">{t("home.noDrafts")}</p> : null}
    </section>
  );
}
