/** What people type, turned into values of the engine. Each function gives undefined for what it cannot read. */

const DATE = /^(\d{4})\s*(?:[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))$/;

/** A civil date from 20260301, 2026-3-1, 2026/03/01, 2026.3.1 or 2026年3月1日, as YYYY-MM-DD; days that do not exist give undefined. */
export function readDate(typed: string): string | undefined {
  const parts = DATE.exec(typed.trim());
  if (!parts) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2] ?? parts[4]), Number(parts[3] ?? parts[5])];
  const at = new Date(Date.UTC(year, month - 1, day));
  if (at.getUTCFullYear() !== year || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
  return at.toISOString().slice(0, 10);
}

/** Fen from an amount in yuan such as 1,234.5 or １２．３０; at most two decimals, because there is nothing below a fen. */
export function readMoney(typed: string): number | undefined {
  const plain = narrow(typed).replace(/[,\s元¥]/g, "");
  const parts = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!parts) return undefined;
  const fen = Number(parts[2]) * 100 + Number((parts[3] ?? "").padEnd(2, "0"));
  return parts[1] ? -fen : fen;
}

/** Yuan to edit, from fen: 123450 is 1234.50, 120000 is 1200. */
export function writeMoney(fen: number): string {
  const yuan = (Math.abs(fen) / 100).toFixed(2).replace(/\.00$/, "");
  return fen < 0 ? `-${yuan}` : yuan;
}

/** A number, full-width digits and separators allowed; whole when `whole`. */
export function readNumber(typed: string, whole: boolean): number | undefined {
  const plain = narrow(typed).replace(/[,\s]/g, "");
  if (!(whole ? /^-?\d{1,15}$/ : /^-?\d{1,15}(\.\d{1,10})?$/).test(plain)) return undefined;
  return Number(plain);
}

/** Identity card, telephone and card numbers without the blanks and marks people put in to read them. */
export function readDigits(typed: string): string {
  return narrow(typed).replace(/[\s\-·.]/g, "").toUpperCase();
}

/** A bank card number in groups of four, as it is embossed. */
export function writeCard(digits: string): string {
  return digits.replace(/(.{4})(?=.)/g, "$1 ");
}

function narrow(typed: string): string {
  return typed.trim().replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}
