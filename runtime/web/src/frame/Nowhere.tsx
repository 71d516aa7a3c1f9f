import { useTitle, useWords } from "@tongban/shared/words";
import { Link } from "react-router";

/** An address that leads nowhere. */
export function Nowhere() {
  const { t } = useWords();
  useTitle(t("nowhere.title"));
  return (
    <main className="centred">
      <h1>{t("nowhere.title")}</h1>
      <p>
        <Link to="/">{t("nowhere.home")}</Link>
      </p>
    </main>
  );
}
