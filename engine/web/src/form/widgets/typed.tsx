import type { WidgetProps } from "@rjsf/utils";
import { Input } from "antd";
import { useId, useRef, useState, type ReactNode } from "react";

import { useWords } from "../../words";
import { readDate, readDigits, readMoney, readNumber, writeCard, writeMoney } from "../typing";

/** How one kind of value is typed: text to value and back. */
interface Typing {
  read(typed: string): string | number | undefined;
  write(value: string | number): string;
  /** Word shown when the text cannot be read; none for kinds whose every text is a value. */
  unreadable?: "form.notDate" | "form.notAmount" | "form.notNumber";
  inputMode?: "text" | "numeric" | "decimal" | "tel";
  placeholder?: string;
  maxLength?: number;
  suffix?: ReactNode;
}

/**
 * A text box that keeps what is typed until it can be read as a value. A value that arrives from outside replaces the text
 * only while nobody is typing in it.
 */
function Typed({ props, typing }: { props: WidgetProps; typing: Typing }) {
  const { t } = useWords();
  const value = props.value as string | number | undefined | null;
  const written = value === undefined || value === null ? "" : typing.write(value);
  // What is in the box while it is not the value as it is kept: being typed, or left there unreadable.
  const [typed, setTyped] = useState<string>();
  const [editing, setEditing] = useState(false);
  const noteId = useId();
  const unreadable = typing.unreadable && !editing && typed !== undefined;
  return (
    <>
      <Input
        id={props.id}
        value={typed ?? written}
        placeholder={typing.placeholder}
        maxLength={typing.maxLength}
        inputMode={typing.inputMode}
        suffix={typing.suffix}
       
        autoComplete="off"
        spellCheck={false}
        status={unreadable || props.rawErrors?.length ? "error" : undefined}
        aria-required={props.required}
        aria-invalid={unreadable || Boolean(props.rawErrors?.length)}
        aria-describedby={`${props.id}-notes${unreadable ? ` ${noteId}` : ""}`}
        onFocus={() => {
          setEditing(true);
          setTyped(typed ?? written);
        }}
        onBlur={() => {
          setEditing(false);
          if (typed === undefined || typed.trim() === "" || typing.read(typed) !== undefined) setTyped(undefined);
          else props.onChange(undefined); // an older value may not stand behind a text that says something else
        }}
        onChange={(event) => {
          const next = event.target.value;
          setTyped(next);
          if (next.trim() === "") props.onChange(undefined);
          else {
            const read = typing.read(next);
            if (read !== undefined) props.onChange(read);
          }
        }}
      />
      {unreadable && typing.unreadable ? (
        <p className="field-error" id={noteId}>
          {t(typing.unreadable)}
        </p>
      ) : null}
    </>
  );
}

const TEXT: Typing = { read: (s) => s, write: String };
const ID_CARD: Typing = { read: readDigits, write: String, inputMode: "text", maxLength: 24 };
const PHONE: Typing = { read: readDigits, write: String, inputMode: "tel", maxLength: 20 };
const BANK_CARD: Typing = { read: readDigits, write: (v) => writeCard(String(v)), inputMode: "numeric", maxLength: 30 };
const DATE: Typing = {
  read: readDate,
  write: String,
  unreadable: "form.notDate",
  inputMode: "numeric",
  placeholder: "YYYY-MM-DD",
  maxLength: 12,
};

export function TextWidget(props: WidgetProps) {
  return <Typed props={props} typing={TEXT} />;
}

export function IdCardWidget(props: WidgetProps) {
  return <Typed props={props} typing={ID_CARD} />;
}

export function PhoneWidget(props: WidgetProps) {
  return <Typed props={props} typing={PHONE} />;
}

export function BankCardWidget(props: WidgetProps) {
  return <Typed props={props} typing={BANK_CARD} />;
}

export function NumberWidget(props: WidgetProps) {
  const whole = props.schema.type === "integer";
  return (
    <Typed
      props={props}
      typing={{
        read: (s) => readNumber(s, whole),
        write: String,
        unreadable: "form.notNumber",
        inputMode: whole ? "numeric" : "decimal",
      }}
    />
  );
}

/** An amount: people type yuan, the value is fen. */
export function MoneyWidget(props: WidgetProps) {
  const { t } = useWords();
  return (
    <Typed
      props={props}
      typing={{
        read: readMoney,
        write: (v) => writeMoney(Number(v)),
        unreadable: "form.notAmount",
        inputMode: "decimal",
        suffix: t("form.yuan"),
      }}
    />
  );
}

/** A date typed as digits or with marks; the calendar is the browser's own and stays out of the tab order. */
export function DateWidget(props: WidgetProps) {
  const { t } = useWords();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <span className="date-box">
      <Typed props={props} typing={DATE} />
      <input
        ref={picker}
        className="date-picker"
        type="date"
        tabIndex={-1}
        aria-hidden
        value={typeof props.value === "string" ? props.value : ""}
        onChange={(event) => props.onChange(event.target.value || undefined)}
      />
      <button
        type="button"
        className="date-open"
        tabIndex={-1}
        aria-label={t("form.openCalendar")}
        onClick={() => picker.current?.showPicker()}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden fill="none" stroke="currentColor" strokeWidth="1.4">
          <rect x="2" y="3.2" width="12" height="10.8" rx="1.4" />
          <path d="M2 6.6h12M5.2 1.6v3M10.8 1.6v3" />
        </svg>
      </button>
    </span>
  );
}

export function LongTextWidget(props: WidgetProps) {
  const value = (props.value as string | undefined) ?? "";
  const [typed, setTyped] = useState<string>();
  return (
    <Input.TextArea
      id={props.id}
      value={typed ?? value}
      autoSize={{ minRows: 2, maxRows: 8 }}
      status={props.rawErrors?.length ? "error" : undefined}
      aria-required={props.required}
      aria-invalid={Boolean(props.rawErrors?.length)}
      aria-describedby={`${props.id}-notes`}
      onFocus={() => setTyped(value)}
      onBlur={() => setTyped(undefined)}
      onChange={(event) => {
        setTyped(event.target.value);
        props.onChange(event.target.value === "" ? undefined : event.target.value);
      }}
    />
  );
}
