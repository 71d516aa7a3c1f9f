import type { Division, Field, Found } from "../api/types";
import { pick, type Language, type Words } from "../words";
import { isOutside } from "./places";
import { writeCard } from "./typing";

/** A division's name from the city down, such as 仁和区仁和镇; a county elsewhere is said to be one, and what is not known is its code. */
export function divisionName(code: string, divisions: readonly Division[], { t }: Pick<Words, "t">): string {
  if (isOutside(code, divisions)) return t("form.outside", { code });
  const byCode = new Map(divisions.map((d) => [d.code, d]));
  const names: string[] = [];
  for (let at = byCode.get(code); at; at = at.parent ? byCode.get(at.parent) : undefined) names.unshift(at.name);
  if (names.length === 0) return code;
  return names.length > 1 ? names.slice(1).join("") : names.join("");
}

/** A value of a form field as people read it; empty for no value. */
export function writeValue(field: Pick<Field, "widget" | "choices">, value: unknown, divisions: readonly Division[], words: Words): string {
  if (value === undefined || value === null) return "";
  const choice = field.choices?.find((c) => c.value === value);
  if (choice) return words.text(choice.label);
  switch (field.widget) {
    case "money":
      return typeof value === "number" ? words.money(value) : plain(value);
    case "date":
      return words.date(plain(value));
    case "boolean":
      return words.t(value === true ? "form.yes" : "form.no");
    case "division":
      return divisionName(plain(value), divisions, words);
    case "bankcard":
      return writeCard(plain(value));
    case "list":
      return Array.isArray(value) ? String(value.length) : "";
    default:
      return plain(value);
  }
}

/** A fact that a rule looked at: the server's own wording, else the bare value. */
export function writeFound(found: Found, language: Language): string {
  const written = pick(found.text, language);
  if (written) return written;
  if (found.value === undefined || found.value === null) return "";
  return plain(found.value);
}

/** A value without any notation of its own. */
function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
