import { useWords } from "@tongban/shared/words";

/** What is shown instead of a page whose drawing failed. What was typed lies on the shelf and comes back after a reload. */
export function Broken() {
  const { t } = useWords();
  return (
    <main className="centred">
      <h1>{t("broken.title")}</h1>
      <p>{t("broken.text")}</p>
      <button type="button" className="btn primary" onClick={() => location.reload()}>
        {t("broken.reload")}
      </button>
    </main>
  );
}
