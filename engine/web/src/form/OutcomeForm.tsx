// Not from the package's index: that also names its test helpers, which want a validator that nothing here installs.
import Form, { type IChangeEvent } from "@rjsf/core/lib/components/Form.js";
import type { Experimental_DefaultFormStateBehavior, RJSFSchema, TemplatesType, UiSchema, ValidatorType, Widget } from "@rjsf/utils";
import { useCallback, useMemo, type ComponentType, type ReactNode } from "react";

import type { Column, Division, Field, Outcome, OutcomeProblem } from "../api/types";
import { same, type Flat, type Json } from "./answers";
import { FormContext, type FormScene } from "./context";
import { SectionsContext } from "./sections";
import { FormField, FormList, FormListItem, FormObject } from "./templates";
import { noValidator } from "./validator";
import { BooleanWidget, ChoiceWidget, DivisionWidget } from "./widgets/chosen";
import { BankCardWidget, DateWidget, IdCardWidget, LongTextWidget, MoneyWidget, NumberWidget, PhoneWidget, TextWidget } from "./widgets/typed";
import "./form.css";

const WIDGETS: Record<Exclude<Field["widget"], "list">, Widget> = {
  text: TextWidget,
  longtext: LongTextWidget,
  number: NumberWidget,
  money: MoneyWidget,
  date: DateWidget,
  boolean: BooleanWidget,
  choice: ChoiceWidget,
  division: DivisionWidget,
  idcard: IdCardWidget,
  phone: PhoneWidget,
  bankcard: BankCardWidget,
};

const TEMPLATES = {
  FieldTemplate: FormField,
  ObjectFieldTemplate: FormObject,
  ArrayFieldTemplate: FormList,
  ArrayFieldItemTemplate: FormListItem,
};

/** The props used here, spelled out: those of rjsf's Form are generic over the data in a way that TypeScript gives up on. */
const SchemaForm = Form as unknown as ComponentType<{
  className: string;
  tagName: "div";
  idPrefix: string;
  idSeparator: string;
  schema: RJSFSchema;
  uiSchema: UiSchema;
  formData: Flat;
  validator: ValidatorType<unknown>;
  templates: Partial<TemplatesType>;
  noHtml5Validate: boolean;
  showErrorList: false;
  experimental_defaultFormStateBehavior: Experimental_DefaultFormStateBehavior;
  onChange(event: IChangeEvent<Flat>): void;
  children: ReactNode;
}>;

export interface OutcomeFormProps {
  outcome: Outcome;
  /** What the controls show: the values of the Outcome with everything typed since laid over them. */
  values: Flat;
  divisions: readonly Division[];
  /** Paths whose last edit the server has not judged yet. */
  pending: ReadonlySet<string>;
  /** Paths that may not be edited here, whatever the item says. */
  fixed?: ReadonlySet<string>;
  onEdit(path: string, value: Json | undefined): void;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The form of an item, drawn from the Outcome of the server and nothing else: its sections, its fields as they are asked
 * now, their effective JSON Schema, values, sources and problems. It evaluates no rule and checks no value; it reports each
 * edit by fact path.
 */
export function OutcomeForm({ outcome, values, divisions, pending, fixed = NONE, onEdit }: OutcomeFormProps) {
  const fields = useMemo(
    () => new Map(outcome.sections.flatMap((s) => s.fields.map((f) => [f.path, fixed.has(f.path) ? { ...f, editable: false } : f] as const))),
    [outcome.sections, fixed],
  );
  const problems = useMemo(() => byPath(outcome.problems), [outcome.problems]);
  const { schema, uiSchema } = useMemo(() => schemaOf(fields), [fields]);

  const change = useCallback(
    (event: IChangeEvent<Flat>) => {
      const next = event.formData ?? {};
      for (const path of Object.keys(schema.properties ?? {})) {
        if (!same(next[path], values[path])) onEdit(path, next[path]);
      }
    },
    [schema, values, onEdit],
  );

  const scene = useMemo<FormScene>(
    () => ({ fields, values, problems, divisions, pending, edit: onEdit }),
    [fields, values, problems, divisions, pending, onEdit],
  );
  return (
    <FormContext.Provider value={scene}>
      <SectionsContext.Provider value={outcome.sections}>
        <SchemaForm
          className="outcome-form"
          tagName="div"
          idPrefix="fact"
          idSeparator="-"
          schema={schema}
          uiSchema={uiSchema}
          formData={values}
          validator={noValidator}
          templates={TEMPLATES}
          noHtml5Validate
          showErrorList={false}
          experimental_defaultFormStateBehavior={{ emptyObjectFields: "skipDefaults", arrayMinItems: { populate: "never" } }}
          onChange={change}
        >
          <></>
        </SchemaForm>
      </SectionsContext.Provider>
    </FormContext.Provider>
  );
}

/** The schema of the flat form: one property for each fact, under its path. */
function schemaOf(fields: ReadonlyMap<string, Field>): { schema: RJSFSchema; uiSchema: UiSchema } {
  const properties: Record<string, RJSFSchema> = {};
  const uiSchema: UiSchema = {};
  for (const [path, field] of fields) {
    properties[path] = drawn(field.schema as RJSFSchema);
    if (field.widget !== "list") uiSchema[path] = { "ui:widget": WIDGETS[field.widget] };
    else if (field.columns) uiSchema[path] = { items: rowsOf(field.columns) };
  }
  return { schema: { type: "object", properties, required: [...fields.values()].filter((f) => f.required).map((f) => f.path) }, uiSchema };
}

const CONDITIONS: ReadonlySet<string> = new Set(["allOf", "anyOf", "not", "if", "then", "else", "dependentSchemas"]);

/**
 * What is drawn of a schema. Conditions on the values are for the server to check; here they would become alternatives to
 * choose from.
 */
function drawn(schema: RJSFSchema): RJSFSchema {
  const out: RJSFSchema = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !CONDITIONS.has(keyword)));
  if (out.oneOf?.some((one) => typeof one !== "object" || !("const" in one))) delete out.oneOf;
  if (typeof out.items === "object" && !Array.isArray(out.items)) out.items = drawn(out.items);
  if (out.properties) {
    out.properties = Object.fromEntries(
      Object.entries(out.properties).map(([name, member]) => [name, typeof member === "object" ? drawn(member) : member]),
    );
  }
  return out;
}

/** How the cells of a row are drawn: in the order of the columns, each as a field of its kind. */
function rowsOf(columns: readonly Column[]): UiSchema {
  const items: UiSchema = { "ui:order": [...columns.map((c) => c.key), "*"] };
  for (const column of columns) {
    items[column.key] = column.widget === "list" ? {} : { "ui:widget": WIDGETS[column.widget], "ui:options": { choices: column.choices } };
  }
  return items;
}

/** Problems by the fact they belong to; a problem inside a list belongs to the list. */
function byPath(problems: readonly OutcomeProblem[]): Map<string, OutcomeProblem[]> {
  const map = new Map<string, OutcomeProblem[]>();
  for (const problem of problems) {
    const at = problem.path.replace(/[[.]\d+.*$/, "");
    map.set(at, [...(map.get(at) ?? []), problem]);
  }
  return map;
}
