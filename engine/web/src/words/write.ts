import type { Language } from "./index";

/** Values as people write them. Dates are civil (YYYY-MM-DD) and never pass through a time zone. */

/** `1234567` fen as `12,345.67`, with the currency of the language. */
export function money(fen: number, language: Language): string {
  const sign = fen < 0 ? "-" : "";
  const whole = Math.trunc(Math.abs(fen) / 100).toLocaleString("en-US");
  const cents = String(Math.abs(fen) % 100).padStart(2, "0");
  return language === "en" ? `CNY ${sign}${whole}.${cents}` : `${sign}${whole}.${cents} 元`;
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** `2026-03-01` as 2026年3月1日 or 1 March 2026; anything that is no civil date as it is. */
export function date(value: string | undefined, language: Language): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(value ?? "");
  if (!parts) return value ?? "";
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return language === "en" ? `${day} ${MONTHS[month - 1] ?? month} ${year}` : `${year}年${month}月${day}日`;
}

/** An instant in China standard time, which is the legal time of the platform wherever the browser is. */
export function moment(instant: string | undefined, language: Language): string {
  const at = new Date(instant ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const [day, time] = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Asia/Shanghai",
    dateStyle: "short",
    timeStyle: "short",
  })
    .format(at)
    .split(" ");
  return `${date(day, language)} ${time}`;
}

/** How long ago an instant was, coarse on purpose. */
export function ago(instant: string | undefined, now: Date, language: Language): string {
  const at = new Date(instant ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const minutes = Math.round((at.getTime() - now.getTime()) / 60_000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return format.format(minutes, "minute");
  if (Math.abs(minutes) < 60 * 24) return format.format(Math.round(minutes / 60), "hour");
  return format.format(Math.round(minutes / 60 / 24), "day");
}

/** A number of bytes. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
