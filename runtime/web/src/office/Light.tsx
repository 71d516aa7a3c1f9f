import type { CaseSummary } from "@tongban/shared/api/types";
import { useWords } from "@tongban/shared/words";

/** The supervision light: a colour, a shape (disc, triangle, square) and the working days that are left. */
export function Light({ of }: { of: Pick<CaseSummary, "light" | "daysLeft"> }) {
  const { t } = useWords();
  const left = of.daysLeft;
  const days =
    left === undefined ? t(`light.${of.light}`) : left < 0 ? t("light.over", { n: -left, count: -left }) : left === 0 ? t("light.today") : t("light.left", { n: left, count: left });
  return (
    <span className={`light ${of.light}`} data-light={of.light}>
      <svg width="14" height="14" viewBox="0 0 14 14" role="img" aria-label={t(`light.${of.light}`)}>
        {of.light === "red" ? <rect x="1.5" y="1.5" width="11" height="11" rx="1" /> : of.light === "yellow" ? <path d="M7 1 13.2 12.6H.8z" /> : <circle cx="7" cy="7" r="5.5" />}
      </svg>
      {days}
    </span>
  );
}
