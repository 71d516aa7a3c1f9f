import { createContext, useContext } from "react";

import type { Section } from "../api/types";

/** The sections of the Outcome that the form is drawing. */
export const SectionsContext = createContext<readonly Section[]>([]);

export function useSections(): readonly Section[] {
  return useContext(SectionsContext);
}
