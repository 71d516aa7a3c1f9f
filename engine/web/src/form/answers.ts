/**
 * Answers as a screen edits them and as the engine reads them.
 *
 * The form works on a flat map from fact path to value (`applicant.name`); the engine reads a tree
 * (`{"applicant": {"name": …}, "agent": null}`). In the tree a missing key is unknown, null is known to be absent, and a
 * group that is switched off (`agent.present` false) is null as a whole.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Flat = Readonly<Record<string, Json>>;
export type Tree = { [group: string]: Json };

const PRESENT = "present";

/** Splits `group.rest` at the first dot; list values stay whole under one path. */
export function splitPath(path: string): [group: string, key: string] {
  const dot = path.indexOf(".");
  return dot < 0 ? ["form", path] : [path.slice(0, dot), path.slice(dot + 1)];
}

/** The flat form of an answer tree. A group given as an object has `<group>.present` true, one given as null has it false. */
export function flatten(tree: unknown, optionalGroups: ReadonlySet<string>): Flat {
  const flat: Record<string, Json> = {};
  if (!isObject(tree)) return flat;
  for (const [group, value] of Object.entries(tree)) {
    if (value === null) {
      flat[`${group}.${PRESENT}`] = false;
    } else if (isObject(value)) {
      if (optionalGroups.has(group)) flat[`${group}.${PRESENT}`] = true;
      for (const [key, inner] of Object.entries(value)) flat[`${group}.${key}`] = inner;
    }
  }
  return flat;
}

/**
 * The tree of a flat map. What was typed under a group that is switched off is left out, but stays in the flat map: it
 * comes back when the group is switched on again.
 */
export function unflatten(flat: Flat): Tree {
  const tree: Record<string, Record<string, Json> | null> = {};
  for (const [path, value] of Object.entries(flat)) {
    const [group, key] = splitPath(path);
    if (key === PRESENT) {
      if (value === false) tree[group] = null;
      else tree[group] ??= {};
    }
  }
  for (const [path, value] of Object.entries(flat)) {
    const [group, key] = splitPath(path);
    if (key === PRESENT || tree[group] === null) continue;
    (tree[group] ??= {})[key] = value;
  }
  return tree;
}

/** Whether two JSON values are the same, the order of keys aside. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((k) => k in b && same(a[k], b[k]));
  }
  return false;
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
