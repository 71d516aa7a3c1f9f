import { body, client } from "@tongban/shared/api/client";
import { ApiError } from "@tongban/shared/api/problem";
import type { Action, ActionKind, CaseView, LegalRef, ProcedureView } from "@tongban/shared/api/types";
import { articleText, termText } from "@tongban/shared/explain";
import { useWords, type WordKey } from "@tongban/shared/words";
import { Button, Checkbox, Input, Modal, Radio } from "antd";
import { useId, useMemo, useRef, useState } from "react";
import { ulid } from "ulid";

import { Fault } from "../frame/Fault";
import { Timeline } from "./Timeline";

/** Acts that need words: reasons where somebody is refused or sent back, the notice where papers are asked for. */
const NEEDS_TEXT = new Set<ActionKind>(["refuse", "not-accept", "return", "request-supplement", "withdraw", "begin", "conclude", "answer", "object", "extend"]);
const NEEDS_LEGAL = new Set<ActionKind>(["refuse"]);
const MAY_LEGAL = new Set<ActionKind>(["refuse", "not-accept"]);
const DELIVERY_WAYS = ["window", "mail", "electronic", "visit"] as const;
const FINAL = new Set<ActionKind>(["grant", "refuse", "not-accept", "withdraw"]);

/** Confirms one act, with what the law wants said beside it. If somebody acted in between, shows what changed first. */
export function ActionDialog({ kind, procedure, of, close, done }: { kind: ActionKind; procedure?: ProcedureView; of: CaseView; close(): void; done(next: CaseView): void }) {
  const spoken = useWords();
  const { t, text } = spoken;
  const [words, setWords] = useState("");
  const [legal, setLegal] = useState<string[]>([]);
  const [materials, setMaterials] = useState<string[]>([]);
  const [unsupplied, setUnsupplied] = useState<string[]>([]);
  const [competent, setCompetent] = useState("");
  const [until, setUntil] = useState("");
  const [person, setPerson] = useState(""); // who approved, objects, or received, as the act has it
  const [upheld, setUpheld] = useState<boolean>();
  const [how, setHow] = useState<(typeof DELIVERY_WAYS)[number]>("window");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [newer, setNewer] = useState<CaseView>();
  const op = useRef(ulid()); // one for the dialog: pressing twice, or again after a lost answer, acts once
  const textId = useId();
  const articles = useMemo(() => articlesOf(of), [of]);
  const late = (of.gaps ?? []).filter((g) => g.late);
  const askable = of.outcome.materials.filter((m) => m.need !== "not-needed");

  // A publicity says what it says by itself, begun or concluded.
  const needsText = NEEDS_TEXT.has(kind) && !(procedure?.kind === "publicity" && (kind === "begin" || kind === "conclude"));
  const noText = needsText && words.trim() === "";
  const who = PERSON[kind];
  const noPerson = who !== undefined && person.trim() === "";
  const asksUntil = kind === "begin" && procedure?.kind === "inquiry";
  const noUntil = asksUntil && !procedure.term && until === "";
  const noFinding = kind === "answer" && upheld === undefined;
  const name = procedure ? t(`proc.act.${kind as "begin" | "conclude" | "answer" | "object" | "extend"}`, { name: text(procedure.name) }) : t(`act.${kind}`);
  const noLegal = NEEDS_LEGAL.has(kind) && articles.length > 0 && legal.length === 0;
  const noMaterials = kind === "request-supplement" && materials.length === 0;

  const send = async () => {
    setTried(true);
    if (busy || noText || noLegal || noMaterials || noPerson || noUntil || noFinding) return;
    setBusy(true);
    setError(undefined);
    const action: Action = {
      kind,
      revision: of.revision,
      op: op.current,
      ...(words.trim() ? { text: words.trim() } : {}),
      ...(legal.length > 0 ? { legal } : {}),
      ...(materials.length > 0 ? { materials } : {}),
      ...(unsupplied.length > 0 ? { unsupplied } : {}),
      ...(competent.trim() ? { competent: competent.trim() } : {}),
      ...(procedure ? { procedure: procedure.key } : {}),
      ...(until ? { until } : {}),
      ...(who ? { [who.member]: person.trim() } : {}),
      ...(upheld ? { upheld } : {}),
      ...(kind === "deliver" ? { how } : {}),
    };
    try {
      done(await body(client.POST("/api/v1/cases/{id}/actions", { params: { path: { id: of.id } }, body: action })));
    } catch (problem) {
      setError(problem);
      if (problem instanceof ApiError && problem.conflict) {
        const now = await body(client.GET("/api/v1/cases/{id}", { params: { path: { id: of.id } } })).catch(() => undefined);
        if (now && now.revision !== of.revision) setNewer(now);
      }
    } finally {
      setBusy(false);
    }
  };

  if (newer) {
    const known = new Set(of.history.map((h) => h.seq));
    return (
      <Modal open title={t("changed.title")} onCancel={() => done(newer)} footer={<Button type="primary" onClick={() => done(newer)}>{t("changed.show")}</Button>}>
        <p>{t("changed.text", { act: name })}</p>
        <Timeline entries={newer.history.filter((h) => !known.has(h.seq))} />
        {words.trim() ? (
          <>
            <p>{t("changed.yours")}</p>
            <blockquote className="timeline-text">{words}</blockquote>
          </>
        ) : null}
      </Modal>
    );
  }
  return (
    <Modal
      open
      title={name}
      onCancel={close}
      width={560}
      mask={{ closable: false }}
      okText={name}
      okButtonProps={{ danger: kind === "refuse" || kind === "not-accept", loading: busy }}
      onOk={() => void send()}
    >
      <div className="act-form">
        <p>{t(kind === "begin" && procedure?.kind === "publicity" ? "actText.publish" : `actText.${kind}`)}</p>
        {procedure ? <ProcedureFacts of={of} procedure={procedure} kind={kind} /> : null}
        {asksUntil ? (
          <div className="field">
            <label htmlFor={`${textId}-until`}>{t("actForm.until")}</label>
            <Input
              id={`${textId}-until`}
              type="date"
              value={until}
              status={tried && noUntil ? "error" : undefined}
              aria-required={!procedure.term}
              aria-describedby={`${textId}-until-note`}
              onChange={(e) => setUntil(e.target.value)}
            />
            <p id={`${textId}-until-note`} className={tried && noUntil ? "field-error" : "quiet"}>
              {tried && noUntil ? t("actForm.needUntil") : procedure.term ? t("actForm.untilLongest", { term: termText(procedure.term, spoken) }) : null}
            </p>
          </div>
        ) : null}
        {kind === "answer" ? (
          <fieldset className={tried && noFinding ? "wrong" : ""}>
            <legend>{t("actForm.finding")}</legend>
            <Radio.Group
              value={upheld}
              onChange={(e) => setUpheld(e.target.value as boolean)}
              options={[
                { value: false, label: t("actForm.dismissed") },
                { value: true, label: t("actForm.upheld") },
              ]}
            />
            {tried && noFinding ? <p className="field-error">{t("actForm.needFinding")}</p> : null}
          </fieldset>
        ) : null}
        {kind === "deliver" ? (
          <fieldset>
            <legend>{t("actForm.how")}</legend>
            <Radio.Group value={how} onChange={(e) => setHow(e.target.value as typeof how)} options={DELIVERY_WAYS.map((w) => ({ value: w, label: t(`actForm.how.${w}`) }))} />
          </fieldset>
        ) : null}
        {who ? (
          <div className="field">
            <label htmlFor={`${textId}-person`}>{t(who.label)}</label>
            <Input
              id={`${textId}-person`}
              value={person}
              maxLength={100}
              status={tried && noPerson ? "error" : undefined}
              aria-required
              aria-invalid={tried && noPerson}
              onChange={(e) => setPerson(e.target.value)}
            />
            {tried && noPerson ? <p className="field-error">{t(who.missing)}</p> : null}
          </div>
        ) : null}
        {kind === "request-supplement" ? (
          <fieldset className={tried && noMaterials ? "wrong" : ""}>
            <legend>{t("actForm.materials")}</legend>
            <Checkbox.Group value={materials} onChange={setMaterials} options={askable.map((m) => ({ value: m.id, label: text(m.name) }))} />
            {tried && noMaterials ? <p className="field-error">{t("actForm.needMaterials")}</p> : null}
          </fieldset>
        ) : null}
        {MAY_LEGAL.has(kind) && articles.length > 0 ? (
          <fieldset className={tried && noLegal ? "wrong" : ""}>
            <legend>{t("actForm.legal")}</legend>
            <Checkbox.Group value={legal} onChange={setLegal} options={articles.map((a) => ({ value: a.id, label: articleText(a) }))} />
            {tried && noLegal ? <p className="field-error">{t("actForm.needLegal")}</p> : null}
          </fieldset>
        ) : null}
        {kind === "refuse" && late.length > 0 ? (
          <fieldset>
            <legend>{t("actForm.unsupplied")}</legend>
            <Checkbox.Group value={unsupplied} onChange={setUnsupplied} options={late.map((g) => ({ value: g.material, label: text(g.name) }))} />
          </fieldset>
        ) : null}
        {kind === "not-accept" ? (
          <div className="field">
            <label htmlFor={`${textId}-competent`}>{t("actForm.competent")}</label>
            <Input id={`${textId}-competent`} value={competent} maxLength={200} onChange={(e) => setCompetent(e.target.value)} />
          </div>
        ) : null}
        <div className="field">
          <label htmlFor={textId}>
            {t(needsText ? `actForm.text.${kind as Worded}` : "actForm.opinion")}
          </label>
          <Input.TextArea
            id={textId}
            autoFocus
            value={words}
            maxLength={2000}
            autoSize={{ minRows: 3, maxRows: 10 }}
            status={tried && noText ? "error" : undefined}
            aria-required={needsText}
            aria-invalid={tried && noText}
            aria-describedby={`${textId}-error`}
            onChange={(e) => setWords(e.target.value)}
          />
          <p id={`${textId}-error`} className="field-error" hidden={!(tried && noText)}>
            {t("actForm.needText")}
          </p>
        </div>
        {FINAL.has(kind) ? <p className="quiet">{t("actForm.final")}</p> : null}
        <Fault error={error} />
      </div>
    </Modal>
  );
}

/** Acts whose words are required. */
type Worded = "refuse" | "not-accept" | "return" | "request-supplement" | "withdraw" | "begin" | "conclude" | "answer" | "object" | "extend";

/** The person an act names: the member of the command, and the words for it. */
const PERSON: Partial<Record<ActionKind, { member: "approver" | "objector" | "receiver"; label: WordKey; missing: WordKey }>> = {
  extend: { member: "approver", label: "actForm.approver", missing: "actForm.needApprover" },
  object: { member: "objector", label: "actForm.objector", missing: "actForm.needObjector" },
  deliver: { member: "receiver", label: "actForm.receiver", missing: "actForm.needReceiver" },
};

/** What the item says about a procedure that is about to begin: how long, and what will be published. */
function ProcedureFacts({ of, procedure, kind }: { of: CaseView; procedure: ProcedureView; kind: ActionKind }) {
  const words = useWords();
  const { t, text } = words;
  const shows = of.outcome.procedures?.find((p) => p.key === procedure.key)?.shows ?? [];
  if (!procedure.term || (kind !== "extend" && !(kind === "begin" && procedure.kind === "publicity"))) return null;
  const term = termText(procedure.term, words);
  if (kind === "extend") return <p>{t("actForm.extensionTerm", { term })}</p>;
  return (
    <>
      <p>{t("actForm.publicityTerm", { term })}</p>
      {shows.length > 0 ? (
        <section className="published" aria-label={t("proc.shows")}>
          <p className="quiet">{t("proc.shows")}</p>
          <dl className="facts">
            {shows.map((s, i) => (
              <div key={i}>
                <dt>{text(s.label)}</dt>
                <dd>{text(s.text)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ) : null}
    </>
  );
}

/** The articles that the item itself names, each once, in the order of the explanation. */
function articlesOf(of: CaseView): LegalRef[] {
  const { eligibility, materials, derived, fees } = of.outcome;
  const all = [...eligibility.conditions, ...materials, ...derived, ...fees.lines].flatMap((x) => x.legal ?? []);
  return [...new Map(all.map((a) => [a.id, a])).values()];
}
