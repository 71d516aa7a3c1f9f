import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
} from "@rjsf/utils";
import { Button } from "antd";
import { useMemo, type ReactNode } from "react";

import type { Column, Field, Source } from "../api/types";
import { useWords } from "../words";
import { useScene } from "./context";
import { useSections } from "./sections";
import { SourceTag } from "./SourceTag";
import { writeValue } from "./values";
import { lieOpen } from "./widgets/chosen";

/** Kinds whose control needs the whole width of the form. */
const WIDE = new Set<Field["widget"]>(["longtext", "list"]);

/** The root draws the sections of the Outcome; an object inside a list draws its fields one after the other. */
export function FormObject(props: ObjectFieldTemplateProps) {
  const sections = useSections();
  const { text } = useWords();
  const { values } = useScene();
  const byName = useMemo(() => new Map(props.properties.map((p) => [p.name, p.content])), [props.properties]);
  if (props.fieldPathId.path.length > 0) {
    return <div className="fields">{props.properties.map((p) => p.content)}</div>;
  }
  return (
    <>
      {sections.map((section) => {
        const shown = section.fields.filter((f) => byName.has(f.path));
        if (shown.length === 0) return null;
        const off = section.optional && values[`${section.key}.present`] !== true;
        return (
          <section key={section.key} className={`panel form-section${off ? " off" : ""}`} aria-labelledby={`section-${section.key}`}>
            <header>
              <h2 id={`section-${section.key}`}>{text(section.title)}</h2>
            </header>
            <div className="body fields">{shown.map((f) => byName.get(f.path))}</div>
          </section>
        );
      })}
    </>
  );
}

/** The head of a field or a cell: what it is called, as a label where one control takes it, and where its value is from. */
function FieldHead({ id, label, control, source }: { id: string; label: ReactNode; control: boolean; source: Source | undefined }) {
  return (
    <div className="field-head">
      {control ? (
        <label id={`${id}-label`} htmlFor={id}>
          {label}
        </label>
      ) : (
        <span className="label" id={`${id}-label`}>
          {label}
        </span>
      )}
      <SourceTag source={source} />
    </div>
  );
}

/** Whether a field switches its section on: it is asked, and leaving it blank means no. */
function switches(field: Field): boolean {
  return field.path.endsWith(".present");
}

/** One fact: label, source, control (or the bare value where it is not asked), help, problems, and what the source says otherwise. */
export function FormField(props: FieldTemplateProps) {
  const words = useWords();
  const { t, text } = words;
  const { fields, problems, pending, divisions, edit } = useScene();
  const path = props.fieldPathId.path;
  if (path.length === 0) return props.children;
  if (path.length > 1) return <FormCell {...props} />;
  const field = fields.get(String(path[0]));
  if (!field) return props.children;

  const own = pending.has(field.path) ? [] : (problems.get(field.path) ?? []);
  const asked = field.editable && !field.computed;
  const help = asked ? text(field.help) : "";
  const differs = field.differs !== undefined && !pending.has(field.path) ? field.differs : undefined;
  const grouped = field.widget === "boolean" || (field.widget === "choice" && lieOpen((field.choices ?? []).map((c) => text(c.label))));
  const classes = ["field", WIDE.has(field.widget) ? "span" : "", own.some((p) => p.severity === "error") ? "wrong" : "", asked ? "" : "fact"];
  const label = (
    <>
      {text(field.label)}
      {asked && !field.required && !switches(field) ? <span className="optional">{t("form.optional")}</span> : null}
    </>
  );
  return (
    <div className={classes.filter(Boolean).join(" ")} data-path={field.path}>
      <FieldHead id={props.id} label={label} control={asked && !grouped} source={field.source} />
      {asked ? (
        props.children
      ) : (
        <p className="value" id={props.id} tabIndex={-1} aria-labelledby={`${props.id}-label`}>
          {writeValue(field, field.value, divisions, words) || <span className="quiet">{t(field.state === "absent" ? "form.none" : "form.notYet")}</span>}
        </p>
      )}
      <div id={`${props.id}-notes`} className="notes">
        {own.map((problem) => (
          <p key={`${problem.code} ${problem.pointer ?? ""}`} className={problem.severity === "error" ? "field-error" : "field-warning"}>
            {text(problem.text)}
          </p>
        ))}
        {help ? <p className="field-help">{help}</p> : null}
        {differs !== undefined ? (
          <p className="field-warning">
            {t("form.differs", {
              source: text(field.source?.name) || t("source.register"),
              value: writeValue(field, differs, divisions, words),
            })}{" "}
            <Button type="link" size="small" className="inline" onClick={() => edit(field.path, undefined)}>
              {t("form.useSource")}
            </Button>
          </p>
        ) : null}
      </div>
    </div>
  );
}

/**
 * One cell of a list of rows: its column's label, control (or the bare value where it is not asked) and source. A cell that the
 * server does not show in its row is left out; a row that it has not judged yet shows every column that is always asked.
 */
function FormCell(props: FieldTemplateProps) {
  const words = useWords();
  const { t, text } = words;
  const { fields, divisions } = useScene();
  const [list, row, key] = props.fieldPathId.path;
  const field = fields.get(String(list));
  const column = field?.columns?.find((c) => c.key === key);
  if (!column) return props.children; // the row itself, or a list inside a cell
  const judged = field?.rows?.find((r) => r.number === Number(row) + 1);
  const cell = judged?.cells.find((c) => c.column === key);
  if (judged ? !cell : column.conditional || column.computed) return null;
  const asked = !column.computed && (cell?.editable ?? true);
  const label = (
    <>
      {text(column.label)}
      {asked && !column.required ? <span className="optional">{t("form.optional")}</span> : null}
    </>
  );
  const grouped = column.widget === "boolean" || (column.widget === "choice" && lieOpen((column.choices ?? []).map((c) => text(c.label))));
  return (
    <div className={asked ? "field" : "field fact"}>
      <FieldHead id={props.id} label={label} control={asked && !grouped} source={cell?.source} />
      {asked ? (
        props.children
      ) : (
        <p className="value" id={props.id} tabIndex={-1} aria-labelledby={`${props.id}-label`}>
          {text(cell?.text) || <span className="quiet">{t(cell?.state === "absent" ? "form.none" : "form.notYet")}</span>}
        </p>
      )}
      <div id={`${props.id}-notes`} className="notes">
        {text(column.help) && asked ? <p className="field-help">{text(column.help)}</p> : null}
        {cell?.differs !== undefined ? (
          <p className="field-warning">
            {t("form.differs", { source: text(cell.source?.name) || t("source.register"), value: writeValue(asField(column), cell.differs, divisions, words) })}
          </p>
        ) : null}
      </div>
    </div>
  );
}

/** A column as the field it is in every row, for writing its values. */
function asField(column: Column): Pick<Field, "widget" | "choices"> {
  return { widget: column.widget, ...(column.choices ? { choices: column.choices } : {}) };
}

export function FormList(props: ArrayFieldTemplateProps) {
  const { t } = useWords();
  return (
    <div className="list" id={props.fieldPathId.$id} role="group" aria-labelledby={`${props.fieldPathId.$id}-label`}>
      {props.items}
      {props.canAdd ? (
        <Button type="dashed" onClick={props.onAddClick}>
          {t("form.addRow")}
        </Button>
      ) : null}
    </div>
  );
}

export function FormListItem(props: ArrayFieldItemTemplateProps) {
  const { t } = useWords();
  return (
    <div className="list-row">
      <span className="list-number">{props.index + 1}</span>
      <div className="list-fields">{props.children}</div>
      {props.buttonsProps.hasRemove ? (
        <Button size="small" onClick={props.buttonsProps.onRemoveItem} aria-label={t("form.removeRow", { n: props.index + 1 })}>
          {t("form.remove")}
        </Button>
      ) : null}
    </div>
  );
}
