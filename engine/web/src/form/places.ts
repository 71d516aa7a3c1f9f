import type { Division } from "../api/types";

/** A place to choose: a division, or a division without going further down (`whole`), which is what keeps its own code. */
export interface Place {
  value: string;
  label: string;
  /** The name of the division, also where the label says more. */
  name: string;
  level?: Division["level"];
  /** Chosen, this means the division itself and none below it. */
  whole?: boolean;
  children?: Place[];
}

/** Levels that a service is hardly ever asked for as a whole: they come after what lies in them. */
const WIDE = new Set<Division["level"] | undefined>(["city", "county"]);

/**
 * The divisions as a tree whose leaves are what can be chosen. A division that has others below it is chosen by a leaf of
 * its own among them, so that nobody takes a county by accident where a street is wanted. A lone root is left out: its
 * children stand at the top, because everything lies in it.
 */
export function placesOf(divisions: readonly Division[], whole: (name: string) => string): Place[] {
  const nodes = new Map<string, Place>(divisions.map((d) => [d.code, { value: d.code, label: d.name, name: d.name, level: d.level }]));
  const roots: Place[] = [];
  for (const division of divisions) {
    const node = nodes.get(division.code);
    if (!node) continue;
    const parent = division.parent ? nodes.get(division.parent) : undefined;
    if (parent) (parent.children ??= []).push(node);
    else roots.push(node);
  }
  for (const node of nodes.values()) {
    if (!node.children) continue;
    const self = { value: node.value, label: whole(node.name), name: node.name, level: node.level, whole: true };
    node.children = WIDE.has(node.level) ? [...node.children, self] : [self, ...node.children];
  }
  return roots.length === 1 && roots[0]?.children ? roots[0].children : roots;
}

/** The values from the top of `places` down to the leaf that means `code`; empty where there is none. */
export function pathTo(code: string, places: readonly Place[]): string[] {
  for (const place of places) {
    if (!place.children) {
      if (place.value === code) return [place.value];
      continue;
    }
    const below = pathTo(code, place.children);
    if (below.length > 0) return [place.value, ...below];
  }
  return [];
}

/** The names along a path, a division and its leaf once. */
export function namesOf(path: readonly Place[]): string[] {
  return path.filter((place) => !place.whole || path.length === 1).map((place) => place.name);
}

/** Whether each part of what was typed is in a name or begins a code along the path. */
export function matches(typed: string, path: readonly Place[]): boolean {
  return parts(typed).every((part) => path.some((place) => place.name.includes(part) || place.value.startsWith(part)));
}

/** How far from what was typed a path ends, 0 being it: its own name or code, then one that begins so, that contains it, that lies in it; wide ones last. */
export function distance(typed: string, path: readonly Place[]): number {
  const last = path.at(-1);
  const part = parts(typed).at(-1);
  if (!last || !part) return 4;
  if (last.name === part || last.value === part) return 0;
  if (WIDE.has(last.level)) return 4;
  if (last.name.startsWith(part) || last.value.startsWith(part)) return 1;
  return last.name.includes(part) ? 2 : 3;
}

/** The matching path that is nearest to what was typed. */
export function nearest(typed: string, places: readonly Place[]): Place[] | undefined {
  const found = leaves(places).filter((path) => matches(typed, path));
  return found.sort((a, b) => distance(typed, a) - distance(typed, b))[0];
}

/** Whether `code` is a six-digit code (GB/T 2260) that does not lie in the divisions: a county elsewhere in the country. */
export function isOutside(code: string, divisions: readonly Division[]): boolean {
  if (!/^[1-8]\d{5}$/.test(code) || divisions.length === 0) return false;
  return divisions.every((d) => d.parent !== undefined || !code.startsWith(d.code.replace(/(00)+$/, "")));
}

function leaves(places: readonly Place[], above: readonly Place[] = []): Place[][] {
  return places.flatMap((place) => (place.children ? leaves(place.children, [...above, place]) : [[...above, place]]));
}

function parts(typed: string): string[] {
  return typed.trim().split(/\s+/).filter(Boolean);
}
