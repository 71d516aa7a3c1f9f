import { body, client } from "@tongban/shared/api/client";
import { ApiError } from "@tongban/shared/api/problem";
import type { Action, ActionKind, CaseView, LegalRef } from "@tongban/shared/api/types";
import { articleText } from "@tongban/shared/explain";
import { useWords } from "@tongban/shared/words";
import { Button, Checkbox, Input, Modal } from "antd";
import { useId, useMemo, useRef, useState } from "react";
import { ulid } from "ulid";

import { Fault } from "../frame/Fault";
import { Timeline } from "./Timeline";

/** Acts that need words: reasons where somebody is refused or sent back, the notice where papers are asked for. */
const NEEDS_TEXT = new Set<ActionKind>(["refuse", "not-accept", "return", "request-supplement", "withdraw"]);
const NEEDS_LEGAL = new Set<ActionKind>(["refuse"]);
const MAY_LEGAL = new Set<ActionKind>(["refuse", "not-accept"]);
const FINAL = new Set<ActionKind>(["grant", "refuse", "not-accept", "withdraw"]);

/** Confirms one act, with what the law wants said beside it. If somebody acted in between, shows what changed first. */
export function ActionDialog({ kind, of, close, done }: { kind: ActionKind; of: CaseView; close(): void; done(next: CaseView): void }) {
  const { t, text } = useWords();
  const [words, setWords] = useState("");
  const [legal, setLegal] = useState<string[]>([]);
  const [materials, setMaterials] = useState<string[]>([]);
  const [unsupplied, setUnsupplied] = useState<string[]>([]);
  const [competent, setCompetent] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [newer, setNewer] = useState<CaseView>();
  const op = useRef(ulid()); // one for the dialog: pressing twice, or again after a lost answer, acts once
  const textId = useId();
  const articles = useMemo(() => articlesOf(of), [of]);
  const late = (of.gaps ?? []).filter((g) => g.late);
  const askable = of.outcome.materials.filter((m) => m.need !== "not-needed");

  const noText = NEEDS_TEXT.has(kind) && words.trim() === "";
  const noLegal = NEEDS_LEGAL.has(kind) && articles.length > 0 && legal.length === 0;
  const noMaterials = kind === "request-supplement" && materials.length === 0;

  const send = async () => {
    setTried(true);
    if (busy || noText || noLegal || noMaterials) return;
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
        <p>{t("changed.text", { act: t(`act.${kind}`) })}</p>
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
      title={t(`act.${kind}`)}
      onCancel={close}
      width={560}
      mask={{ closable: false }}
      okText={t(`act.${kind}`)}
      okButtonProps={{ danger: kind === "refuse" || kind === "not-accept", loading: busy }}
      onOk={() => void send()}
    >
      <div className="act-form">
        <p>{t(`actText.${kind}`)}</p>
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
            {t(NEEDS_TEXT.has(kind) ? `actForm.text.${kind as "refuse" | "not-accept" | "return" | "request-supplement" | "withdraw"}` : "actForm.opinion")}
          </label>
          <Input.TextArea
            id={textId}
            autoFocus
            value={words}
            maxLength={2000}
            autoSize={{ minRows: 3, maxRows: 10 }}
            status={tried && noText ? "error" : undefined}
            aria-required={NEEDS_TEXT.has(kind)}
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

/** The articles that the item itself names, each once, in the order of the explanation. */
function articlesOf(of: CaseView): LegalRef[] {
  const { eligibility, materials, derived, fees } = of.outcome;
  const all = [...eligibility.conditions, ...materials, ...derived, ...fees.lines].flatMap((x) => x.legal ?? []);
  return [...new Map(all.map((a) => [a.id, a])).values()];
}
