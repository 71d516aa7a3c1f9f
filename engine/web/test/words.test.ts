import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import * as write from "../src/words/write";
import en from "../src/words/en.json";
import zh from "../src/words/zh-CN.json";

const ROOT = join(import.meta.dirname, "../../..");

/** Every source file of the screens. */
function sources(): string[] {
  return ["engine/web/src", "runtime/web/src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith("schema.d.ts"))
      .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
  );
}

const PLACE = /\{\{(\w+)\}\}/g;
const places = (text: string) => [...text.matchAll(PLACE)].map((m) => m[1]).sort();

describe("the catalogue", () => {
  const zhKeys = Object.keys(zh);
  const enKeys = Object.keys(en);
  const singular = (key: string) => key.endsWith("_one");

  it("has the same keys in both languages; English alone needs singulars", () => {
    expect(enKeys.filter((key) => !singular(key))).toEqual(zhKeys);
    for (const key of enKeys.filter(singular)) expect(zhKeys, key).toContain(key.replace(/_one$/, ""));
  });

  it("has a text for every key, and the same places to fill in", () => {
    const texts = zh as Record<string, string>;
    for (const [key, text] of Object.entries(en)) {
      expect(text.trim(), key).not.toBe("");
      expect(places(text), key).toEqual(places(texts[key.replace(/_one$/, "")] ?? ""));
    }
  });

  it("is Chinese in Chinese and not in English", () => {
    for (const [key, text] of Object.entries(en)) expect(text, key).not.toMatch(/\p{Script=Han}/u);
    for (const [key, text] of Object.entries(zh)) expect(text, key).toMatch(/\p{Script=Han}|^[\w\s./?-]*$/u);
  });

  it("has no word that no screen says, and every word that a screen says", () => {
    const all = sources().join("\n");
    const literal = new Set([...all.matchAll(/"([a-zA-Z]+(?:\.[a-zA-Z-]+)+)"/g)].map((m) => m[1] ?? ""));
    const families = [...all.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z-]+)*\.)\$\{/g)].map((m) => m[1] ?? "");
    const unsaid = zhKeys.filter((key) => !literal.has(key) && !families.some((family) => key.startsWith(family)));
    expect(unsaid).toEqual([]);
    const spoken = [...all.matchAll(/\bt\(\s*"([^"]+)"/g)].map((m) => m[1]);
    expect(spoken.filter((key) => !zhKeys.includes(key ?? ""))).toEqual([]);
    expect(spoken.length).toBeGreaterThan(100);
  });

  it("leaves no Chinese in the code of the screens, where no catalogue reaches it", () => {
    for (const source of sources()) {
      const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
      const left = code.match(/(["'`>])[^"'`<>]*\p{Script=Han}{2,}[^"'`<>]*/gu)?.filter((s) => !/PingFang|"中文/.test(s)) ?? [];
      expect(left).toEqual([]);
    }
  });
});

describe("written values", () => {
  it("money", () => {
    expect(write.money(123456789, "zh-CN")).toBe("1,234,567.89 元");
    expect(write.money(5, "en")).toBe("CNY 0.05");
    expect(write.money(-320, "zh-CN")).toBe("-3.20 元");
  });

  it("dates, without a time zone in between", () => {
    expect(write.date("2026-03-01", "zh-CN")).toBe("2026年3月1日");
    expect(write.date("2026-03-01", "en")).toBe("1 March 2026");
    expect(write.date("soon", "en")).toBe("soon");
    expect(write.date(undefined, "en")).toBe("");
  });

  it("instants in the legal time of the platform", () => {
    expect(write.moment("2026-02-28T16:30:00Z", "zh-CN")).toBe("2026年3月1日 00:30");
    expect(write.moment("not an instant", "en")).toBe("");
  });

  it("how long ago, and how big", () => {
    const now = new Date("2026-03-01T12:00:00Z");
    expect(write.ago("2026-03-01T11:57:00Z", now, "en")).toBe("3 minutes ago");
    expect(write.ago("2026-02-27T12:00:00Z", now, "zh-CN")).toBe("前天");
    expect(write.size(512)).toBe("512 B");
    expect(write.size(2_621_440)).toBe("2.5 MB");
  });
});
