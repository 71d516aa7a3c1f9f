import { useEffect, useRef } from "react";

const STORED = "tongban.shortcuts";

/** Whether single keys act (WCAG 2.1.4: they can be switched off). Combinations with Alt or Ctrl always act. */
export function singleKeys(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // without storage the choice cannot be kept
  }
}

/** What to do on a key: `j`, `?`, `Alt+1`, `Ctrl+Enter`, `F8`. Return false to leave the key to the browser. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => boolean | void>;

/** Listens for shortcuts while the calling screen is shown. Single keys do nothing while somebody is typing or a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const modified = event.altKey || event.ctrlKey || event.metaKey;
      if (modified !== (event.eventPhase === Event.CAPTURING_PHASE)) return;
      const act = current.current[keyName(event)];
      if (!act) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      if (!modified && event.key.length === 1 && (typing(event.target) || !singleKeys())) return;
      if (act(event) === false) return;
      event.preventDefault();
      if (modified) event.stopPropagation();
    };
    // Combinations act before the control that has the focus sees them (a list box takes every Enter for its own); other
    // keys act only where the control left them alone.
    document.addEventListener("keydown", listen, true);
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen, true);
      document.removeEventListener("keydown", listen);
    };
  }, []);
}

function keyName(event: KeyboardEvent): string {
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const key = event.altKey && digit ? digit : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "file"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
