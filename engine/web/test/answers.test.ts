import { expect, it } from "vitest";

import { flatten, same, unflatten } from "../src/form/answers";

it("flattens and restores a tree of answers", () => {
  const tree = { applicant: { name: "阿依·古丽", birth_date: "1946-03-01" }, agent: null, form: { months: [{ m: 1 }] } };
  const flat = flatten(tree, new Set(["agent"]));
  expect(flat).toEqual({ "applicant.name": "阿依·古丽", "applicant.birth_date": "1946-03-01", "agent.present": false, "form.months": [{ m: 1 }] });
  expect(unflatten(flat)).toEqual(tree);
});

it("marks a group that is there as present only where it is optional", () => {
  expect(flatten({ applicant: { name: "a" }, agent: {} }, new Set(["agent"]))).toEqual({ "applicant.name": "a", "agent.present": true });
  expect(unflatten({ "agent.present": true })).toEqual({ agent: {} });
});

it("leaves out of the tree what was typed under a group that is switched off", () => {
  expect(unflatten({ "agent.present": false, "agent.name": "王" })).toEqual({ agent: null });
  expect(unflatten({ "agent.name": "王", "agent.present": true })).toEqual({ agent: { name: "王" } });
});

it("keeps null, which says that there is none, apart from unknown", () => {
  expect(unflatten({ "form.note": null })).toEqual({ form: { note: null } });
  expect(unflatten({})).toEqual({});
});

it("takes anything that is no tree for no answers", () => {
  for (const odd of [null, undefined, 3, "x", []]) expect(flatten(odd, new Set())).toEqual({});
});

it("compares JSON by value", () => {
  expect(same({ a: [1, { b: null }], c: 2 }, { c: 2, a: [1, { b: null }] })).toBe(true);
  expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(same([1, 2], [2, 1])).toBe(false);
  expect(same(null, undefined)).toBe(false);
  expect(same("1", 1)).toBe(false);
});
