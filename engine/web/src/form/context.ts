import { createContext, useContext } from "react";

import type { Division, Field, OutcomeProblem } from "../api/types";
import type { Flat, Json } from "./answers";

/** What the templates and widgets of a form read beside their own value. */
export interface FormScene {
  fields: ReadonlyMap<string, Field>;
  values: Flat;
  problems: ReadonlyMap<string, OutcomeProblem[]>;
  divisions: readonly Division[];
  /** Paths whose last edit the server has not judged yet: their problems are stale. */
  pending: ReadonlySet<string>;
  edit(path: string, value: Json | undefined): void;
}

export const FormContext = createContext<FormScene | undefined>(undefined);

export function useScene(): FormScene {
  const scene = useContext(FormContext);
  if (!scene) throw new Error("a form part is used outside OutcomeForm");
  return scene;
}

/** The id of the control of a fact. */
export function controlId(path: string): string {
  return `fact-${path}`;
}

/** Moves the focus to the control of a fact, or to the block of a material; false where it is not on the page. */
export function focusFact(path: string): boolean {
  const at = document.getElementById(controlId(path)) ?? document.getElementById(`material-${path}`);
  if (!at) return false;
  const control = at.matches("input, textarea, button, select") ? at : (at.querySelector<HTMLElement>("input, textarea, button, select") ?? at);
  control.scrollIntoView({ block: "center" });
  control.focus({ preventScroll: true });
  return true;
}
