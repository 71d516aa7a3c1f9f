import { act, cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import type { Division, Field, Outcome, OutcomeProblem } from "../src/api/types";
import { OutcomeForm, type Flat, type Json } from "../src/form";
import { LanguageProvider, speak } from "../src/words";

const DIVISIONS: Division[] = [
  { code: "510400", name: "攀枝花市", level: "city" },
  { code: "510402", name: "东区", level: "county", parent: "510400" },
  { code: "510402002", name: "炳草岗街道", level: "street", parent: "510402" },
];

function field(path: string, widget: Field["widget"], more: Partial<Field> = {}): Field {
  const type = { boolean: "boolean", number: "integer", money: "integer" }[widget as string] ?? "string";
  return { path, label: { zh: path, en: `${path} in English` }, schema: { type }, widget, required: true, editable: true, state: "unknown", ...more };
}

function outcome(fields: Field[], problems: OutcomeProblem[] = [], optional = false): Outcome {
  return { sections: [{ key: fields[0]?.path.split(".")[0] ?? "form", title: { zh: "标题" }, optional, fields }], problems } as unknown as Outcome;
}

/** The form with its values kept, as a page keeps them; `edits` hears every edit. */
function Page({ of, start = {}, pending = [], edits }: { of: Outcome; start?: Flat; pending?: string[]; edits: (path: string, value: Json | undefined) => void }) {
  const [values, setValues] = useState<Flat>(start);
  return (
    <LanguageProvider start="zh-CN">
      <OutcomeForm
        outcome={of}
        values={values}
        divisions={DIVISIONS}
        pending={new Set(pending)}
        onEdit={(path, value) => {
          edits(path, value);
          setValues((was) => {
            const next = { ...was };
            if (value === undefined) delete next[path];
            else next[path] = value;
            return next;
          });
        }}
      />
    </LanguageProvider>
  );
}

function show(of: Outcome, start?: Flat, pending?: string[]) {
  const edits = vi.fn<(path: string, value: Json | undefined) => void>();
  render(<Page of={of} edits={edits} {...(start ? { start } : {})} {...(pending ? { pending } : {})} />);
  return { edits, user: userEvent.setup() };
}

beforeAll(() => act(() => speak("zh-CN")));
afterEach(cleanup);

describe("values as they are typed", () => {
  it("money is typed in yuan and reported in fen", async () => {
    const { edits, user } = show(outcome([field("form.cost", "money")]));
    await user.type(screen.getByRole("textbox", { name: /form\.cost/ }), "1,234.5");
    expect(edits).toHaveBeenLastCalledWith("form.cost", 123450);
    await user.tab();
    expect(screen.getByRole("textbox", { name: /form\.cost/ })).toHaveProperty("value", "1234.50");
  });

  it("a date is typed as digits; what cannot be read stays in view, is told, and leaves no older value behind it", async () => {
    const { edits, user } = show(outcome([field("form.day", "date")]));
    const box = screen.getByRole("textbox", { name: /form\.day/ });
    await user.type(box, "20260301");
    expect(edits).toHaveBeenLastCalledWith("form.day", "2026-03-01");
    await user.clear(box);
    await user.type(box, "20260231");
    await user.tab();
    expect(box).toHaveProperty("value", "20260231");
    expect(screen.getByText(/请输入日期/)).toBeTruthy();
    expect(edits).toHaveBeenLastCalledWith("form.day", undefined);
  });

  it("a bank card is shown in groups and reported as digits", async () => {
    const { edits, user } = show(outcome([field("payee.card", "bankcard")]), { "payee.card": "6222021234567890123" });
    const box = screen.getByRole("textbox", { name: /payee\.card/ });
    expect(box).toHaveProperty("value", "6222 0212 3456 7890 123");
    await user.clear(box);
    await user.type(box, "6222 0000");
    expect(edits).toHaveBeenLastCalledWith("payee.card", "62220000");
  });

  it("yes and no are two radios with the label of the fact", async () => {
    const { edits, user } = show(outcome([field("form.away", "boolean")]));
    const group = screen.getByRole("radiogroup", { name: "form.away" });
    await user.click(within(group).getByRole("radio", { name: "否" }));
    expect(edits).toHaveBeenLastCalledWith("form.away", false);
  });

  it("few short choices lie open, many go into a list", () => {
    const choices = (n: number) => Array.from({ length: n }, (_, i) => ({ value: `v${i}`, label: { zh: `选项${i}` } }));
    show(outcome([field("form.few", "choice", { choices: choices(2) }), field("form.many", "choice", { choices: choices(9) })]));
    expect(within(screen.getByRole("radiogroup", { name: "form.few" })).getAllByRole("radio")).toHaveLength(2);
    expect(screen.getByRole("combobox", { name: "form.many" })).toBeTruthy();
  });
});

describe("what the Outcome says of a fact", () => {
  const wrong: OutcomeProblem = { code: "answer.phone", severity: "error", path: "applicant.phone", text: { zh: "手机号码应为11位" } };

  it("a problem stands at its field until the field is edited", () => {
    const of = outcome([field("applicant.phone", "phone")], [wrong]);
    show(of);
    expect(screen.getByText("手机号码应为11位")).toBeTruthy();
    cleanup();
    show(of, {}, ["applicant.phone"]);
    expect(screen.queryByText("手机号码应为11位")).toBeNull();
  });

  it("a computed or locked fact is a value and no control", () => {
    show(
      outcome([
        field("applicant.birth_date", "date", { computed: true, state: "known", value: "1946-03-01", source: { kind: "computed" } }),
        field("applicant.hukou", "division", { editable: false, state: "known", value: "510402002", source: { kind: "licence", name: { zh: "居民户口簿" } } }),
      ]),
    );
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.getByText("1946年3月1日")).toBeTruthy();
    expect(screen.getByText("东区炳草岗街道")).toBeTruthy();
    expect(screen.getByText("居民户口簿")).toBeTruthy();
  });

  it("a discrepancy shows what the source says, and can be settled for it", async () => {
    const of = outcome([
      field("applicant.name", "text", { state: "known", value: "王二", differs: "王贰", source: { kind: "register", name: { zh: "居民信息库" } } }),
    ]);
    const { edits, user } = show(of, { "applicant.name": "王二" });
    expect(screen.getByText(/居民信息库记载为“王贰”/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "改用登记的值" }));
    expect(edits).toHaveBeenLastCalledWith("applicant.name", undefined);
  });

  it("an optional fact says so, a switch of a section does not", () => {
    show(outcome([field("agent.present", "boolean", { required: false }), field("agent.note", "text", { required: false })], [], true));
    expect(screen.getAllByText("选填")).toHaveLength(1);
  });
});

it("draws only the fields of the Outcome, and follows it when it changes", () => {
  const { rerender } = render(<Page of={outcome([field("form.a", "text"), field("form.b", "text")])} edits={() => undefined} />);
  expect(screen.getAllByRole("textbox")).toHaveLength(2);
  rerender(<Page of={outcome([field("form.b", "text")])} edits={() => undefined} />);
  expect(screen.getAllByRole("textbox")).toHaveLength(1);
});

describe("a list of rows", () => {
  const columns = [
    { key: "wage", label: { zh: "月工资", en: "Monthly wage" }, widget: "money" as const, required: true },
    {
      key: "kind",
      label: { zh: "关系", en: "Relation" },
      widget: "choice" as const,
      choices: [{ value: "child", label: { zh: "子女", en: "child" } }],
    },
    { key: "school", label: { zh: "学校", en: "School" }, widget: "text" as const, conditional: true },
    { key: "born", label: { zh: "出生日期", en: "Date of birth" }, widget: "date" as const, computed: true },
  ];
  const schema = {
    type: "array",
    items: { type: "object", properties: { kind: { type: "string" }, wage: { type: "integer" }, school: { type: "string" }, born: { type: "string" } } },
  };
  const rows = [
    {
      number: 1,
      name: { zh: "赵一" },
      cells: [
        { column: "wage", state: "unknown" as const, editable: true },
        { column: "kind", state: "known" as const, value: "child", editable: true },
        { column: "born", state: "known" as const, value: "2015-01-01", text: { zh: "2015年1月1日", en: "1 January 2015" } },
      ],
    },
  ];

  it("draws each column by its kind and names it in the language of the form", async () => {
    const { edits, user } = show(outcome([field("form.members", "list", { schema, columns, rows })]), { "form.members": [{ kind: "child" }] });
    await user.type(screen.getByLabelText("月工资"), "12.5");
    expect(edits).toHaveBeenLastCalledWith("form.members", [{ kind: "child", wage: 1250 }]);
    expect(screen.getByRole("radio", { name: "子女" })).toBeTruthy();
    cleanup();
    await act(() => speak("en"));
    render(
      <LanguageProvider start="en">
        <OutcomeForm outcome={outcome([field("form.members", "list", { schema, columns, rows })])} values={{ "form.members": [{}] }} divisions={[]} pending={new Set()} onEdit={edits} />
      </LanguageProvider>,
    );
    expect(screen.getByLabelText("Monthly wage")).toBeTruthy();
    expect(screen.getByRole("radio", { name: "child" })).toBeTruthy();
    await act(() => speak("zh-CN"));
  });

  it("shows what is computed, and leaves out what the row has no cell for", () => {
    show(outcome([field("form.members", "list", { schema, columns, rows })]), { "form.members": [{ kind: "child" }, {}] });
    expect(screen.getByText("2015年1月1日")).toBeTruthy();
    expect(screen.queryByLabelText("学校")).toBeNull();
    expect(screen.getAllByLabelText("月工资")).toHaveLength(2);
  });
});
