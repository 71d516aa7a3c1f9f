import { theme } from "@tongban/shared/look/theme";
import { useLanguage, useTitle, useWords } from "@tongban/shared/words";
import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useEffect, useRef, useState } from "react";
import { Link, NavLink, Outlet, useLocation, useNavigate } from "react-router";

import { Fault } from "../frame/Fault";
import { LanguageSwitch } from "../frame/LanguageSwitch";
import { Seal } from "../frame/Seal";
import { useShortcuts } from "../frame/shortcuts";
import { SessionProvider, useSession } from "../session/SessionProvider";
import { SignInAgain, SignInForm } from "../session/SignIn";
import { ShortcutHelp } from "./ShortcutHelp";
import "./desk.css";

/** The staff's side: sign-in, the bar at the top, and the page below it. */
export function DeskFrame() {
  const { language } = useLanguage();
  return (
    <ConfigProvider theme={theme} locale={language === "en" ? enUS : zhCN} button={{ autoInsertSpace: false }}>
      <App component={false}>
        <SessionProvider>
          <Desk />
          <SignInAgain />
        </SessionProvider>
      </App>
    </ConfigProvider>
  );
}

function Desk() {
  const { t } = useWords();
  const { session, error, retry } = useSession();
  if (session === undefined) {
    return (
      <main className="centred" aria-busy={!error}>
        <Fault error={error} retry={retry} />
      </main>
    );
  }
  if (session === null) return <SignInPage />;
  return (
    <>
      <a className="skip" href="#page">
        {t("frame.skip")}
      </a>
      <Bar />
      <Page />
    </>
  );
}

function SignInPage() {
  const { t } = useWords();
  useTitle(`${t("session.signIn")} · ${t("app.title")}`);
  return (
    <div className="gate">
      <header>
        <LanguageSwitch />
      </header>
      <main className="gate-card">
        <Seal size={40} />
        <h1>{t("app.title")}</h1>
        <p className="quiet">{t("session.lead")}</p>
        <SignInForm />
        <p className="gate-foot">
          <Link to="/m">{t("session.residentDoor")}</Link>
        </p>
      </main>
    </div>
  );
}

function Bar() {
  const { t } = useWords();
  const { session, signOut } = useSession();
  const [help, setHelp] = useState(false);
  const navigate = useNavigate();
  const roles = session?.account.roles ?? [];
  const clerk = roles.includes("clerk");
  const office = roles.includes("officer") || roles.includes("supervisor");
  useShortcuts({
    "?": () => setHelp(true),
    "Alt+1": () => (clerk ? void navigate("/desk") : false),
    "Alt+2": () => (clerk ? void navigate("/desk/received") : false),
    "Alt+3": () => (office ? void navigate("/desk/queue") : false),
  });
  return (
    <header className="bar">
      <Link to="/desk" className="bar-name">
        <Seal size={26} />
        <span>{t("app.name")}</span>
      </Link>
      <nav aria-label={t("frame.nav")}>
        {clerk ? (
          <>
            <NavLink to="/desk" end>
              {t("frame.window")}
            </NavLink>
            <NavLink to="/desk/received">{t("frame.received")}</NavLink>
          </>
        ) : null}
        {office ? <NavLink to="/desk/queue">{t("frame.queue")}</NavLink> : null}
      </nav>
      <div className="bar-right">
        <span className="bar-who">
          <b>{session?.account.name}</b>
          {session?.officeName ? <span lang="zh-CN">{session.officeName}</span> : null}
        </span>
        <button type="button" className="bar-key" onClick={() => setHelp(true)} aria-label={t("keys.title")}>
          ?
        </button>
        <LanguageSwitch />
        <button type="button" className="bar-out" onClick={() => void signOut()}>
          {t("session.signOut")}
        </button>
      </div>
      <ShortcutHelp open={help} close={() => setHelp(false)} clerk={clerk} office={office} />
    </header>
  );
}

/** The page; when the place changes the focus goes to its start, unless the page puts it somewhere itself. */
function Page() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [pathname]);
  return (
    <main id="page" ref={main} tabIndex={-1} className="page">
      <Outlet />
    </main>
  );
}
