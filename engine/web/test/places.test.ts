import { describe, expect, it } from "vitest";

import type { Division } from "../src/api/types";
import { isOutside, namesOf, nearest, pathTo, placesOf } from "../src/form/places";

const DIVISIONS: Division[] = [
  { code: "510400", name: "攀枝花市", level: "city" },
  { code: "510402", name: "东区", level: "county", parent: "510400" },
  { code: "510402002", name: "炳草岗街道", level: "street", parent: "510402" },
  { code: "510402002001", name: "木棉社区", level: "community", parent: "510402002" },
  { code: "510411", name: "仁和区", level: "county", parent: "510400" },
  { code: "510411100", name: "仁和镇", level: "street", parent: "510411" },
];
const places = placesOf(DIVISIONS, (name) => `${name} only`);
const chosen = (typed: string) => nearest(typed, places)?.at(-1)?.value;

describe("the places to choose from", () => {
  it("begin below the one root, and every division is one leaf", () => {
    expect(places.map((p) => p.value)).toEqual(["510402", "510411", "510400"]);
    for (const { code } of DIVISIONS) expect(pathTo(code, places).at(-1), code).toBe(code);
    expect(pathTo("510402002", places)).toEqual(["510402", "510402002", "510402002"]);
    expect(pathTo("530302", places)).toEqual([]);
  });

  it("begin with what lies in a county, and with the street itself", () => {
    expect(places[0]?.children?.map((p) => p.label)).toEqual(["炳草岗街道", "东区 only"]);
    expect(places[0]?.children?.[0]?.children?.map((p) => p.label)).toEqual(["炳草岗街道 only", "木棉社区"]);
  });

  it("are named once", () => {
    expect(namesOf(nearest("炳草岗", places) ?? [])).toEqual(["东区", "炳草岗街道"]);
    expect(namesOf(nearest("攀枝花市", places) ?? [])).toEqual(["攀枝花市"]);
  });
});

describe("what is typed", () => {
  it("finds the street before what is wider, deeper or only nearby", () => {
    expect(chosen("仁和")).toBe("510411100");
    expect(chosen("炳草岗")).toBe("510402002");
    expect(chosen("东区 木棉")).toBe("510402002001");
  });

  it("finds a county where it is named in full, or by its code", () => {
    expect(chosen("仁和区")).toBe("510411");
    expect(chosen("510402")).toBe("510402");
    expect(chosen("510402002")).toBe("510402002");
  });

  it("finds nothing where there is nothing", () => {
    expect(chosen("昆明")).toBeUndefined();
  });
});

describe("a code from elsewhere", () => {
  it("is six digits of another prefecture", () => {
    expect(isOutside("530302", DIVISIONS)).toBe(true);
    expect(isOutside("510499", DIVISIONS)).toBe(false); // a slip of the pen, not another city
    expect(isOutside("510402", DIVISIONS)).toBe(false);
    expect(isOutside("53030", DIVISIONS)).toBe(false);
    expect(isOutside("530302", [])).toBe(false); // not known yet
  });
});
