import type { WidgetProps } from "@rjsf/utils";
import { Cascader, Radio, Select } from "antd";
import { useMemo } from "react";

import type { Division } from "../../api/types";
import { useWords } from "../../words";
import { useScene } from "../context";

/** Choices lie open, one press away, as long as they fit a column of the form side by side; Chinese characters count twice. */
const OPEN_WIDTH = 30;

function width(labels: readonly string[]): number {
  return labels.reduce((sum, label) => sum + 6 + label.replace(/[^\u0020-\u024F]/g, "··").length, 0);
}

export function BooleanWidget(props: WidgetProps) {
  const { t } = useWords();
  return (
    <Radio.Group
      id={props.id}
      value={props.value as boolean | undefined}
      aria-labelledby={`${props.id}-label`}
      aria-describedby={`${props.id}-notes`}
      aria-required={props.required}
      onChange={(event) => props.onChange(event.target.value)}
    >
      <Radio value={true}>{t("form.yes")}</Radio>
      <Radio value={false}>{t("form.no")}</Radio>
    </Radio.Group>
  );
}

export function ChoiceWidget(props: WidgetProps) {
  const { t, text } = useWords();
  const { fields } = useScene();
  const choices = fields.get(props.name)?.choices ?? (props.schema.enum ?? []).map((v) => ({ value: v, label: { zh: JSON.stringify(v) } }));
  const options = choices.map((c) => ({ value: c.value as string | number, label: text(c.label) }));
  if (width(options.map((o) => o.label)) <= OPEN_WIDTH) {
    return (
      <Radio.Group
        id={props.id}
        className="choices"
        value={props.value as string | number | undefined}
        options={options}
        aria-labelledby={`${props.id}-label`}
        aria-describedby={`${props.id}-notes`}
        aria-required={props.required}
        onChange={(event) => props.onChange(event.target.value)}
      />
    );
  }
  return (
    <Select
      id={props.id}
      className="wide"
      value={props.value as string | number | undefined}
      options={options}
      placeholder={t("form.choose")}
      showSearch={{ optionFilterProp: "label" }}
      allowClear
      status={props.rawErrors?.length ? "error" : undefined}
      aria-describedby={`${props.id}-notes`}
      onChange={(value: string | number | undefined) => props.onChange(value)}
    />
  );
}

interface Place {
  value: string;
  label: string;
  children?: Place[];
}

/** The divisions as a tree of nodes; what has no known parent is a root. */
export function divisionTree(divisions: readonly Division[]): Place[] {
  const nodes = new Map<string, Place>(divisions.map((d) => [d.code, { value: d.code, label: d.name }]));
  const roots: Place[] = [];
  for (const division of divisions) {
    const node = nodes.get(division.code);
    if (!node) continue;
    const parent = division.parent ? nodes.get(division.parent) : undefined;
    if (parent) (parent.children ??= []).push(node);
    else roots.push(node);
  }
  return roots;
}

/** The codes from the root down to `code`. */
function pathTo(code: string | undefined, divisions: readonly Division[]): string[] {
  const parents = new Map(divisions.map((d) => [d.code, d.parent]));
  const path: string[] = [];
  for (let at = code; at; at = parents.get(at)) path.unshift(at);
  return path;
}

/** A division by search (name or code of any level) or down the tree. */
export function DivisionWidget(props: WidgetProps) {
  const { t } = useWords();
  const { divisions } = useScene();
  const tree = useMemo(() => divisionTree(divisions), [divisions]);
  const value = props.value as string | undefined;
  return (
    <Cascader<Place>
      id={props.id}
      className="wide"
      options={tree}
      value={pathTo(value, divisions)}
      changeOnSelect
      allowClear
      placeholder={t("form.searchDivision")}
      displayRender={(labels) => (labels.length > 1 ? labels.slice(1) : labels).join(" / ")}
      showSearch={{
        limit: 30,
        filter: (typed, path) =>
          typed
            .trim()
            .split(/\s+/)
            .every((part) => path.some((node) => node.label.includes(part) || node.value.startsWith(part))),
      }}
      status={props.rawErrors?.length ? "error" : undefined}
      aria-describedby={`${props.id}-notes`}
      onChange={(path: unknown) => {
        const codes = path as (string | number)[] | undefined;
        props.onChange(codes?.length ? String(codes[codes.length - 1]) : undefined);
      }}
    />
  );
}
