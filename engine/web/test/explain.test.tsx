import { act, cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import type { Outcome } from "../src/api/types";
import { CostPanel, ExplanationPanel } from "../src/explain";
import { LanguageProvider, speak } from "../src/words";

const name = (of: string) => ({ zh: of, en: of });

/** An outcome about two members, of whom one does not meet the condition. */
const outcome = {
  sections: [],
  questions: [],
  eligibility: {
    verdict: "unmet",
    conditions: [
      {
        id: "poor",
        verdict: "unmet",
        sentence: { zh: "“成员”的每一项：收入不超过1000元", en: "for each of “Members”: the income is at most CNY 1000" },
        clauses: [],
        otherwise: { zh: "收入过高", en: "The income is too high" },
        rows: [
          {
            number: 1,
            name: name("赵一"),
            verdict: "unmet",
            clauses: [
              {
                verdict: "unmet",
                sentence: { zh: "收入不超过1000元", en: "the income is at most CNY 1000" },
                found: [{ path: "row.income", label: { zh: "收入", en: "Income" }, state: "known", value: 150000, text: { zh: "1,500.00元", en: "CNY 1,500.00" } }],
              },
            ],
          },
          { number: 2, name: name("赵二"), verdict: "met" },
        ],
      },
    ],
  },
  derived: [
    {
      key: "counted",
      label: { zh: "计入收入", en: "Income counted" },
      type: "money",
      state: "known",
      text: { zh: "1,500.00元", en: "CNY 1,500.00" },
      rows: [
        { number: 1, name: name("赵一"), state: "known", value: 150000, text: { zh: "1,500.00元", en: "CNY 1,500.00" } },
        { number: 2, name: name("赵二"), state: "absent" },
      ],
    },
    {
      key: "points",
      label: { zh: "积分", en: "Points" },
      type: "integer",
      state: "known",
      text: { zh: "70", en: "70" },
      matched: [
        { row: 1, value: 50, text: { zh: "50", en: "50" } },
        { row: 3, value: 20, text: { zh: "20", en: "20" } },
        { row: 4 },
      ],
    },
  ],
  fees: { state: "known", total: 500, lines: [{ id: "card#2", label: { zh: "工本费", en: "Card" }, ofName: name("赵二"), state: "known", amount: 500 }] },
  results: [
    { kind: "document", name: { zh: "决定书", en: "Decision" }, state: "known" },
    { kind: "entitlement", name: { zh: "每月补助", en: "Monthly aid" }, number: 2, ofName: name("赵二"), state: "known", value: 20000, text: { zh: "200.00元", en: "CNY 200.00" } },
  ],
  limit: { caseType: "instant", promised: { n: 0, unit: "workday" } },
  route: { state: "unknown", stages: [] },
  parameters: [],
} as unknown as Outcome;

beforeAll(() => act(() => speak("en")));
afterEach(cleanup);

describe("what is said of the rows of a list", () => {
  it("a condition names the rows that do not meet it, with what was found", () => {
    render(
      <LanguageProvider start="en">
        <ExplanationPanel outcome={outcome} />
      </LanguageProvider>,
    );
    const row = screen.getByText("赵一").closest("li");
    expect(row && within(row).getByText("CNY 1,500.00")).toBeTruthy();
    expect(screen.getByText("赵二").closest("li")?.textContent).not.toContain("CNY");
  });

  it("conclusions, fees and results stand under the name of their row", () => {
    render(
      <LanguageProvider start="en">
        <CostPanel outcome={outcome} withRoute={false} />
      </LanguageProvider>,
    );
    const counted = screen.getByText("Income counted").parentElement;
    expect(counted?.textContent).toContain("赵一 CNY 1,500.00");
    expect(counted?.textContent).toContain("赵二");
    const points = screen.getByText("Points").parentElement?.textContent;
    expect(points).toContain("row 1 of the table 50");
    expect(points).toContain("row 3 of the table 20");
    expect(points).not.toContain("row 4");
    expect(screen.getByText("Monthly aid (赵二)").parentElement?.textContent).toContain("CNY 200.00");
    expect(screen.getByText(/Card \(赵二\)/).textContent).toContain("5.00");
  });
});
