import type { Division, Outcome } from "@tongban/shared/api/types";
import { writeValue, type Json } from "@tongban/shared/form";
import { useWords } from "@tongban/shared/words";

import type { Clash } from "./keeper";

/** Facts that two windows changed differently. Nothing is saved over the other until a person has chosen. */
export function Clashes({ clashes, outcome, divisions, settle }: { clashes: Clash[]; outcome: Outcome; divisions: Division[]; settle(path: string, whose: "mine" | "theirs"): void }) {
  const words = useWords();
  const { t, text } = words;
  const fields = new Map(outcome.sections.flatMap((s) => s.fields.map((f) => [f.path, f] as const)));
  const write = (path: string, value: Json | undefined) => {
    const field = fields.get(path);
    return (field ? writeValue(field, value, divisions, words) : typeof value === "string" ? value : JSON.stringify(value)) || t("form.empty");
  };
  return (
    <section className="clashes" role="alert" aria-labelledby="clashes-title">
      <h2 id="clashes-title">{t("clash.title")}</h2>
      <p>{t("clash.text")}</p>
      <ul role="list">
        {clashes.map((clash) => (
          <li key={clash.path}>
            <b>{text(fields.get(clash.path)?.label) || clash.path}</b>
            <button type="button" className="btn small" onClick={() => settle(clash.path, "mine")}>
              {t("clash.mine", { value: write(clash.path, clash.mine) })}
            </button>
            <button type="button" className="btn small" onClick={() => settle(clash.path, "theirs")}>
              {t("clash.theirs", { value: write(clash.path, clash.theirs) })}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
