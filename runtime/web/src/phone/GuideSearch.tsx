import { useTitle, useWords } from "@tongban/shared/words";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { Fault } from "../frame/Fault";
import { useItemSearch } from "../frame/items";

/** Finds an item by whatever people call it. */
export function GuideSearch() {
  const { t, text } = useWords();
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState(params.get("q") ?? "");
  const { data, error, refetch } = useItemSearch(typed);
  useTitle(`${t("phone.items")} · ${t("app.title")}`);
  return (
    <>
      <h1>{t("guide.searchTitle")}</h1>
      <form className="phone-form" role="search" onSubmit={(event) => event.preventDefault()}>
        <label htmlFor="guide-search">{t("guide.search")}</label>
        <input
          id="guide-search"
          type="search"
          value={typed}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.target.value);
            setParams(event.target.value ? { q: event.target.value } : {}, { replace: true });
          }}
        />
      </form>
      <Fault error={error} retry={() => void refetch()} />
      <ul role="list" className="phone-items">
        {data?.items.map((item) => (
          <li key={item.code}>
            <Link to={`/m/items/${encodeURIComponent(item.code)}`}>
              <b>{text(item.name)}</b>
              <span>{text(item.summary) || text(item.plainName)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {data?.items.length === 0 ? <p role="status">{t("home.nothing", { q: typed })}</p> : null}
    </>
  );
}
