import { useLanguage } from "@tongban/shared/words";

/** The other language, written in itself. */
export function LanguageSwitch() {
  const { language, choose } = useLanguage();
  const other = language === "en" ? "zh-CN" : "en";
  return (
    <button type="button" className="language" lang={other} onClick={() => choose(other)}>
      {other === "en" ? "English" : "中文"}
    </button>
  );
}
