import { useWords } from "@tongban/shared/words";
import { NavLink, Outlet } from "react-router";

import { LanguageSwitch } from "../frame/LanguageSwitch";
import { Seal } from "../frame/Seal";
import "./phone.css";

/** The residents' side: one column, large type, two places. */
export function PhoneFrame() {
  const { t } = useWords();
  return (
    <div className="phone">
      <a className="skip" href="#page">
        {t("frame.skip")}
      </a>
      <header className="phone-head">
        <Seal size={30} />
        <b>{t("app.name")}</b>
        <LanguageSwitch />
      </header>
      <nav className="phone-nav" aria-label={t("frame.nav")}>
        <NavLink to="/m" end>
          {t("phone.follow")}
        </NavLink>
        <NavLink to="/m/items">{t("phone.items")}</NavLink>
      </nav>
      <main id="page" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
