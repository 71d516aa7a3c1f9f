import { body, client } from "@tongban/shared/api/client";
import { ApiError } from "@tongban/shared/api/problem";
import { readDigits } from "@tongban/shared/form";
import { useTitle, useWords } from "@tongban/shared/words";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Select, type InputRef } from "antd";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { ulid } from "ulid";

import { DemoPeople } from "../frame/demo";
import { Fault, useFaultText } from "../frame/Fault";
import { rememberItem } from "../frame/items";

/** Kinds of identity document with an 18-character number of GB 11643. */
const ID_TYPES = ["resident-id", "hmt-residence", "foreign-permanent"] as const;
type IdType = (typeof ID_TYPES)[number];

/** The kind that the first digits of a number promise, to spare the clerk a choice; the server checks the two together. */
function likelyType(number: string): IdType {
  if (/^8[123]/.test(number)) return "hmt-residence";
  return number.startsWith("9") ? "foreign-permanent" : "resident-id";
}

/** Whose application it is: the number is checked by the server, which then fills in what the city already knows. */
export function NewApplication() {
  const { t, text } = useWords();
  const { code = "" } = useParams();
  const navigate = useNavigate();
  const calls = useQueryClient();
  const say = useFaultText();
  const { data: guide, error: noGuide, refetch } = useQuery({
    queryKey: ["guide", code],
    queryFn: () => body(client.GET("/api/v1/items/{code}", { params: { path: { code } } })),
  });
  const name = text(guide?.name);
  useTitle(`${name} · ${t("app.title")}`);

  const [chosenType, setChosenType] = useState<IdType>();
  const [idNumber, setIdNumber] = useState("");
  const idType = chosenType ?? likelyType(readDigits(idNumber));
  const [purpose, setPurpose] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  // One id for the page: pressing twice, or again after a lost answer, opens one draft. Another person needs another id.
  const opening = useRef({ id: ulid(), person: "" });
  const box = useRef<InputRef>(null);
  useEffect(() => box.current?.focus(), []);

  const open = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const number = readDigits(idNumber);
    if (opening.current.person && opening.current.person !== number) opening.current.id = ulid();
    opening.current.person = number;
    setBusy(true);
    setError(undefined);
    try {
      const draft = await body(
        client.PUT("/api/v1/drafts/{id}", {
          params: { path: { id: opening.current.id } },
          body: { item: code, idType, idNumber: number, purpose: purpose ?? t("new.purposeOf", { item: name || code }) },
        }),
      );
      calls.setQueryData(["draft", draft.id], draft);
      if (guide) rememberItem(guide);
      void navigate(`/desk/drafts/${draft.id}`, { replace: true });
    } catch (problem) {
      setError(problem);
      box.current?.focus({ cursor: "end" });
    } finally {
      setBusy(false);
    }
  };
  const atField = error instanceof ApiError && error.status === 422;
  if (noGuide) return <Fault error={noGuide} retry={() => void refetch()} />;
  return (
    <div className="narrow">
      <p className="crumb">
        <Link to="/desk">{t("frame.window")}</Link>
      </p>
      <h1>{name || " "}</h1>
      <p className="quiet lead">{text(guide?.summary)}</p>
      <form className="panel opening" onSubmit={(event) => void open(event)}>
        <div className="body">
          <div className="field">
            <label htmlFor="id-type">{t("new.idType")}</label>
            <Select id="id-type" className="wide" value={idType} onChange={setChosenType} options={ID_TYPES.map((value) => ({ value, label: t(`idType.${value}`) }))} />
          </div>
          <div className={`field${atField ? " wrong" : ""}`}>
            <label htmlFor="id-number">{t("new.idNumber")}</label>
            <Input
              id="id-number"
              ref={box}
              size="large"
              className="code"
              value={idNumber}
              maxLength={24}
              autoComplete="off"
              spellCheck={false}
              required
              status={atField ? "error" : undefined}
              aria-invalid={atField}
              aria-describedby="id-number-notes"
              onChange={(event) => {
                setIdNumber(event.target.value);
                setError(undefined);
              }}
            />
            <div id="id-number-notes" className="notes" aria-live="polite">
              {atField ? <p className="field-error">{say(error)}</p> : <p className="field-help">{t("new.idHint", { n: readDigits(idNumber).length })}</p>}
            </div>
          </div>
          <div className="field">
            <label htmlFor="purpose">{t("new.purpose")}</label>
            <Input id="purpose" value={purpose ?? (name ? t("new.purposeOf", { item: name }) : "")} maxLength={200} aria-describedby="purpose-notes" onChange={(event) => setPurpose(event.target.value)} />
            <p id="purpose-notes" className="field-help">
              {t("new.purposeHint")}
            </p>
          </div>
          {error && !atField ? <Fault error={error} /> : null}
          <Button type="primary" htmlType="submit" size="large" loading={busy} disabled={idNumber.trim() === ""}>
            {t("new.open")}
          </Button>
        </div>
      </form>
      <DemoPeople
        choose={(person) => {
          setIdNumber(person.idNumber);
          setChosenType(undefined);
          setError(undefined);
          box.current?.focus();
        }}
      />
    </div>
  );
}
