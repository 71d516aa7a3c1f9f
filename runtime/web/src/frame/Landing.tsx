import { useTitle, useWords } from "@tongban/shared/words";
import { Link, Navigate } from "react-router";

import { DemoAccounts } from "./demo";
import { LanguageSwitch } from "./LanguageSwitch";
import { Seal } from "./Seal";

/** A narrow screen that is touched is taken for a phone; anybody else sees both doors. */
const onPhone = () => matchMedia("(max-width: 640px) and (pointer: coarse)").matches;

/** The front page: the residents' door and the staff's. */
export function Landing() {
  const { t } = useWords();
  useTitle(t("app.title"));
  if (onPhone()) return <Navigate to="/m" replace />;
  return (
    <div className="landing">
      <header className="landing-head">
        <Seal size={36} />
        <span className="landing-name">{t("app.name")}</span>
        <LanguageSwitch />
      </header>
      <main className="landing-main">
        <h1>{t("landing.title")}</h1>
        <p className="landing-lead">{t("landing.lead")}</p>
        <div className="doors">
          <Link className="door" to="/m">
            <b>{t("landing.resident")}</b>
            <span>{t("landing.residentText")}</span>
          </Link>
          <Link className="door" to="/desk">
            <b>{t("landing.staff")}</b>
            <span>{t("landing.staffText")}</span>
          </Link>
        </div>
        <DemoAccounts
          entry={({ username }, _, content) => (
            <Link to="/desk" state={{ username }}>
              {content}
            </Link>
          )}
        />
      </main>
    </div>
  );
}
