import { describe, expect, it } from "vitest";

import { readDate, readDigits, readMoney, readNumber, writeCard, writeMoney } from "../src/form/typing";

describe("dates as people type them", () => {
  it.each([
    ["20260301", "2026-03-01"],
    ["2026-03-01", "2026-03-01"],
    ["2026-3-1", "2026-03-01"],
    ["2026/3/1", "2026-03-01"],
    ["2026.03.01", "2026-03-01"],
    ["2026年3月1日", "2026-03-01"],
    [" 2024-02-29 ", "2024-02-29"],
    ["2026-02-29", undefined],
    ["20261301", undefined],
    ["2026-00-10", undefined],
    ["2026030", undefined],
    ["260301", undefined],
    ["", undefined],
  ])("%s", (typed, date) => expect(readDate(typed)).toBe(date));
});

describe("money: yuan typed, fen kept", () => {
  it.each([
    ["50", 5000],
    ["1,234.5", 123450],
    ["0.29", 29],
    ["1.15", 115],
    ["１２．３０", 1230],
    ["￥1", undefined],
    ["-3.20", -320],
    ["0.005", undefined],
    ["1e3", undefined],
    ["12.", undefined],
    ["", undefined],
  ])("%s", (typed, fen) => expect(readMoney(typed)).toBe(fen));

  it("writes what it reads, for every amount of fen", () => {
    for (const fen of [0, 1, 10, 99, 100, 101, 123450, 999999999, -320]) expect(readMoney(writeMoney(fen))).toBe(fen);
  });
});

it("reads whole numbers and decimals apart", () => {
  expect(readNumber("12", true)).toBe(12);
  expect(readNumber("12.5", true)).toBeUndefined();
  expect(readNumber("12.5", false)).toBe(12.5);
  expect(readNumber("１２", true)).toBe(12);
  expect(readNumber("abc", false)).toBeUndefined();
});

it("takes blanks and marks out of numbers people write in groups", () => {
  expect(readDigits(" 510499 19460301 001x")).toBe("51049919460301001X");
  expect(readDigits("6222-0212 3456")).toBe("622202123456");
  expect(writeCard("6222021234567890123")).toBe("6222 0212 3456 7890 123");
  expect(readDigits(writeCard("6222021234567890123"))).toBe("6222021234567890123");
});
