import i18next from "i18next";
import { createContext, createElement, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { initReactI18next, useTranslation } from "react-i18next";

import type { Text } from "../api/types";
import * as write from "./write";
import type zhCN from "./zh-CN.json";

/** The two languages the platform is complete in. Chinese is the language of record and the default. */
export type Language = "zh-CN" | "en";

/** A key of the catalogue; both languages have exactly the same ones (words.test.ts). */
export type WordKey = keyof typeof zhCN;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "words";
    keySeparator: false;
    nsSeparator: false;
    resources: { words: typeof zhCN };
  }
}

const STORED = "tongban.language";

/**
 * The language to start in: `?lang=` of the address, then the one this machine used last, then the first language of the
 * browser, Chinese being Chinese of any kind and everything else English. It is remembered.
 */
export function startLanguage(): Language {
  const asked = new URLSearchParams(globalThis.location?.search ?? "").get("lang") ?? recall() ?? globalThis.navigator?.languages?.[0] ?? "zh-CN";
  const language = /^zh\b/i.test(asked) ? "zh-CN" : "en";
  remember(language);
  return language;
}

function remember(language: Language): void {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // see recall
  }
}

function recall(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage may be switched off; the choice then lasts as long as the page
  }
}

async function catalogue(language: Language): Promise<Record<string, string>> {
  const module = language === "en" ? await import("./en.json") : await import("./zh-CN.json");
  return module.default;
}

/** Loads the catalogue of `language` and makes it current. Call once before the first render, later through useLanguage. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      fallbackLng: false,
      ns: "words",
      defaultNS: "words",
      keySeparator: false,
      nsSeparator: false,
      interpolation: { escapeValue: false }, // React escapes
      resources: { [language]: { words: await catalogue(language) } },
      returnNull: false,
    });
  } else {
    if (!i18next.hasResourceBundle(language, "words")) {
      i18next.addResourceBundle(language, "words", await catalogue(language));
    }
    await i18next.changeLanguage(language);
  }
  document.documentElement.lang = language;
}

interface Spoken {
  language: Language;
  choose(language: Language): void;
}

const LanguageContext = createContext<Spoken>({ language: "zh-CN", choose: () => undefined });

/** Gives the screens below it the current language and lets them change it. */
export function LanguageProvider({ start, children }: { start: Language; children: ReactNode }) {
  const [language, setLanguage] = useState(start);
  const choose = useCallback((next: Language) => {
    void speak(next).then(() => {
      remember(next);
      setLanguage(next);
    });
  }, []);
  const spoken = useMemo(() => ({ language, choose }), [language, choose]);
  return createElement(LanguageContext.Provider, { value: spoken }, children);
}

/** The current language and how to change it. */
export function useLanguage(): Spoken {
  return useContext(LanguageContext);
}

/** Everything a screen needs to say something: catalogue words, two-language texts of the server, and written values. */
export function useWords() {
  const { t } = useTranslation();
  const { language } = useLanguage();
  return useMemo(
    () => ({
      t,
      language,
      text: (text: Text | undefined) => pick(text, language),
      money: (fen: number) => write.money(fen, language),
      date: (date: string | undefined) => write.date(date, language),
      moment: (instant: string | undefined) => write.moment(instant, language),
      ago: (instant: string | undefined, now: Date) => write.ago(instant, now, language),
      size: write.size,
    }),
    [t, language],
  );
}

/** What useWords gives. */
export type Words = ReturnType<typeof useWords>;

/** The text in `language`; Chinese where no English was written. */
export function pick(text: Text | undefined, language: Language): string {
  if (!text) return "";
  return language === "en" ? (text.en ?? text.zh) : text.zh;
}

/** Sets the title of the document while the calling screen is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    if (title) document.title = title;
  }, [title]);
}
