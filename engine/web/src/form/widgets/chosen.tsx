import { CloseCircleFilled } from "@ant-design/icons";
import type { WidgetProps } from "@rjsf/utils";
import { Cascader, Radio, Select } from "antd";
import { useMemo, useRef, useState } from "react";

import type { Field } from "../../api/types";
import { useWords } from "../../words";
import { useScene } from "../context";
import { distance, isOutside, matches, namesOf, nearest, pathTo, placesOf, type Place } from "../places";

/** Choices lie open, one press away, as long as they fit a column of the form side by side; Chinese characters count twice. */
const OPEN_WIDTH = 38;

/** Whether choices with these labels are drawn as buttons, and so as a group without one control to name. */
export function lieOpen(labels: readonly string[]): boolean {
  const width = labels.reduce((sum, label) => sum + 6 + label.replace(/[^\u0020-\u024F]/g, "··").length, 0);
  return width <= OPEN_WIDTH;
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
  const choices = (props.options["choices"] as Field["choices"]) ?? fields.get(props.name)?.choices ?? (props.schema.enum ?? []).map((v) => ({ value: v, label: { zh: JSON.stringify(v) } }));
  const options = choices.map((c) => ({ value: c.value as string | number, label: text(c.label) }));
  if (lieOpen(options.map((o) => o.label))) {
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
      allowClear={{ clearIcon: <CloseCircleFilled />, label: t("form.clear") }}
      status={props.rawErrors?.length ? "error" : undefined}
      aria-describedby={`${props.id}-notes`}
      onChange={(value: string | number | undefined) => props.onChange(value)}
    />
  );
}

/** A division by name, by code (also of a county elsewhere in the country), or down the tree. */
export function DivisionWidget(props: WidgetProps) {
  const { t } = useWords();
  const { divisions } = useScene();
  const value = props.value as string | undefined;
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  // Enter takes the nearest match until the arrow keys have been used to take another one.
  const moved = useRef(false);
  const code = typed.trim();
  const places = useMemo(() => {
    const inside = placesOf(divisions, (name) => t("form.wholeDivision", { name }));
    const outside = [...new Set([value ?? "", code])].filter((c) => isOutside(c, divisions));
    return [...inside, ...outside.map((c) => ({ value: c, label: t("form.outside", { code: c }), name: t("form.outside", { code: c }) }))];
  }, [divisions, value, code, t]);
  const take = (path: readonly string[] | undefined) => {
    props.onChange(path?.at(-1));
    setTyped("");
  };
  return (
    <span
      className="wide"
      onKeyDownCapture={(event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") moved.current = true;
        if (event.key !== "Enter" || event.ctrlKey || event.nativeEvent.isComposing || !code || moved.current) return;
        const best = nearest(code, places);
        if (!best) return;
        event.preventDefault();
        event.stopPropagation();
        take(best.map((place) => place.value));
        setOpen(false);
      }}
    >
      <Cascader<Place>
        id={props.id}
        className="wide"
        options={places}
        value={value === undefined ? [] : pathTo(value, places)}
        open={open}
        onOpenChange={setOpen}
        allowClear={{ clearIcon: <CloseCircleFilled />, label: t("form.clear") }}
        placeholder={t("form.searchDivision")}
        displayRender={(labels, path) => (path?.every(Boolean) ? namesOf(path) : labels).join(" / ")}
        showSearch={{
          limit: 30,
          searchValue: typed,
          onSearch: (next) => {
            moved.current = false;
            setTyped(next);
          },
          filter: (wanted, path) => matches(wanted, path),
          sort: (a, b, wanted) => distance(wanted, a) - distance(wanted, b),
          render: (_, path) => path.map((place, at) => (place.whole && at > 0 ? undefined : place.name)).filter(Boolean).join(" / "),
        }}
        status={props.rawErrors?.length ? "error" : undefined}
        aria-describedby={`${props.id}-notes`}
        onChange={(path: unknown) => take((path as (string | number)[] | undefined)?.map(String))}
      />
    </span>
  );
}
