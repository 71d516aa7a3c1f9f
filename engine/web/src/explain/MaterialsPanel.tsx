import { useId, useRef, useState, type DragEvent } from "react";

import type { Material, Outcome, StoredFile } from "../api/types";
import { useWords } from "../words";
import { Articles, Missing } from "./ExplanationPanel";
import { Mark, type Shape } from "./Mark";
import "./explain.css";

/** What a window may do about materials; without it the panel only shows them. */
export interface MaterialActions {
  attach(material: Material, files: File[]): void;
  detach(file: StoredFile): void;
  setPaper(material: Material, taken: boolean): void;
  /** Ids of materials with a call under way. */
  busy: ReadonlySet<string>;
  /** The materials that are awaited, where it is not every one that is needed. */
  only?: ReadonlySet<string>;
}

export interface MaterialsPanelProps {
  outcome: Outcome;
  files: readonly StoredFile[];
  paper: readonly string[];
  /** Address of a stored file, for looking at it. */
  fileHref?(file: StoredFile): string;
  onPreview?(file: StoredFile): void;
  actions?: MaterialActions;
  onJump?(path: string): void;
}

/** The materials of a case: needed, satisfied by what, still wanted; one-of groups together, what is not needed folded. */
export function MaterialsPanel(props: MaterialsPanelProps) {
  const { t } = useWords();
  const { materials } = props.outcome;
  const wanted = materials.filter((m) => m.need !== "not-needed");
  const spared = materials.filter((m) => m.need === "not-needed");
  const groups = grouped(wanted);
  // One of a group is enough, so a group is missing once.
  const lacking = (needs: readonly Material["need"][]) => groups.filter(({ materials: all }) => all.some((m) => needs.includes(m.need)) && !all.some((m) => m.satisfied));
  const required = lacking(["required"]);
  const open = required.filter(({ materials: all }) => !all.some((m) => m.tolerateDays));
  const undecided = lacking(["undetermined", "error"]);
  return (
    <section className="panel materials" aria-labelledby="materials-title">
      <header>
        <h2 id="materials-title">{t("materials.title")}</h2>
        {open.length > 0 ? (
          <span className="tag warn">{t("materials.open", { count: open.length, n: open.length })}</span>
        ) : required.length > 0 ? (
          <span className="tag">{t("materials.follow", { n: required.length })}</span>
        ) : undecided.length > 0 ? null : (
          <span className="tag good">{t("materials.complete")}</span>
        )}
      </header>
      <div className="body">
        {groups.map((group) =>
          group.name ? (
            <fieldset key={group.name} className="one-of">
              <legend>{t("materials.oneOf")}</legend>
              {group.materials.map((m) => (
                <MaterialRow key={m.id} material={m} {...props} />
              ))}
            </fieldset>
          ) : (
            group.materials.map((m) => <MaterialRow key={m.id} material={m} {...props} />)
          ),
        )}
        {wanted.length === 0 ? <p className="quiet">{t("materials.none")}</p> : null}
        {spared.length > 0 ? (
          <details className="spared">
            <summary>{t("materials.notNeeded", { n: spared.length })}</summary>
            {spared.map((m) => (
              <MaterialRow key={m.id} material={m} {...props} actions={undefined} />
            ))}
          </details>
        ) : null}
      </div>
    </section>
  );
}

function grouped(materials: readonly Material[]): { name: string; materials: Material[] }[] {
  const groups: { name: string; materials: Material[] }[] = [];
  for (const material of materials) {
    const name = material.group ?? "";
    const at = groups.find((g) => g.name !== "" && g.name === name);
    if (at) at.materials.push(material);
    else groups.push({ name, materials: [material] });
  }
  return groups;
}

function MaterialRow({ material, files, paper, fileHref, onPreview, actions, onJump, outcome }: { material: Material } & MaterialsPanelProps) {
  const words = useWords();
  const { t, text, date, size } = words;
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const nameId = useId();
  const own = files.filter((f) => f.material === material.id);
  const problems = outcome.problems.filter((p) => p.path === material.id);
  const state = stateOf(material);
  const fromElsewhere = material.satisfied?.by === "licence" || material.satisfied?.by === "form";
  const busy = actions?.busy.has(material.id) ?? false;
  const handIn = actions && (actions.only ? actions.only.has(material.id) : material.need !== "not-needed" && !fromElsewhere);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = [...event.dataTransfer.files];
    if (handIn && dropped.length > 0) actions.attach(material, dropped);
  };
  return (
    <div
      className={`material${over ? " over" : ""}`}
      id={`material-${material.id}`}
      data-state={state.word}
      onDragOver={(event) => {
        if (!handIn) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Mark shape={state.shape} label={t(`material.${state.word}`)} />
      <div className="material-main">
        <p className="material-name" id={nameId}>
          {text(material.name)}
          {text(material.ofName) ? <span className="quiet">（{text(material.ofName)}）</span> : null}
        </p>
        <p className="material-state">{satisfiedText(material, words) || t(`material.${state.word}`)}
          {!material.satisfied && material.need === "required" && material.tolerateDays ? <> · {t("materials.tolerate", { n: material.tolerateDays })}</> : null}
          {material.satisfied?.validTo ? <> · {t("materials.validTo", { date: date(material.satisfied.validTo) })}</> : null}
        </p>
        {text(material.why) ? <p className="quiet">{t("materials.why", { why: text(material.why) })}</p> : null}
        {text(material.standard) && !material.satisfied ? <p className="quiet">{text(material.standard)}</p> : null}
        {text(material.note) && !material.satisfied ? <p className="quiet">{text(material.note)}</p> : null}
        {text(material.blank) && !material.satisfied ? (
          <details>
            <summary>{t("materials.blank")}</summary>
            <p className="blank-form">{text(material.blank)}</p>
          </details>
        ) : null}
        <Missing paths={material.need === "undetermined" ? material.missing : undefined} outcome={outcome} onJump={onJump} />
        {problems.map((p) => (
          <p key={p.code} className="field-error">
            {text(p.text)}
          </p>
        ))}
        {material.satisfied ? null : <Articles legal={material.legal} />}
        {own.length > 0 ? (
          <ul role="list" className="files">
            {own.map((file) => (
              <li key={file.hash}>
                {onPreview ? (
                  <button type="button" className="link" onClick={() => onPreview(file)}>
                    {file.name}
                  </button>
                ) : fileHref ? (
                  <a href={fileHref(file)} target="_blank" rel="noreferrer">
                    {file.name}
                  </a>
                ) : (
                  <span>{file.name}</span>
                )}
                <span className="quiet">{size(file.size)}</span>
                {handIn ? (
                  <button type="button" className="link bad" onClick={() => actions.detach(file)} aria-label={t("materials.removeFile", { name: file.name })}>
                    {t("materials.remove")}
                  </button>
                ) : null}
              </li>
            ))}
          </ul>
        ) : null}
        {handIn ? (
          <div className="hand-in">
            <input
              ref={picker}
              type="file"
              multiple
              className="unseen"
              tabIndex={-1}
              aria-hidden
              data-material={material.id}
              accept="image/jpeg,image/png,application/pdf"
              onChange={(event) => {
                const chosen = [...(event.target.files ?? [])];
                event.target.value = "";
                if (chosen.length > 0) actions.attach(material, chosen);
              }}
            />
            <button type="button" className="btn small" aria-busy={busy} disabled={busy} onClick={() => picker.current?.click()} aria-describedby={nameId}>
              {t(busy ? "materials.uploading" : "materials.upload")}
            </button>
            {material.form !== "electronic" ? (
              <label className="check">
                <input
                  type="checkbox"
                  checked={paper.includes(material.id)}
                  disabled={busy}
                  onChange={(event) => actions.setPaper(material, event.target.checked)}
                  aria-describedby={nameId}
                />
                {material.copies ? t("materials.paperCopies", { n: material.copies }) : t("materials.paper")}
              </label>
            ) : null}
          </div>
        ) : null}
      </div>
    </div>
  );
}

type StateWord = "satisfied" | "replaced" | "wanted" | "tolerated" | "optional" | "undetermined" | "notNeeded" | "error";

function stateOf(material: Material): { shape: Shape; word: StateWord } {
  if (material.need === "not-needed") return { shape: "none", word: "notNeeded" };
  // Another one of its group is there: this one is not wanted any more, but it was not given either.
  if (material.satisfied?.by === "group") return { shape: "none", word: "replaced" };
  if (material.satisfied) return { shape: "good", word: "satisfied" };
  switch (material.need) {
    case "required":
      return material.tolerateDays ? { shape: "open", word: "tolerated" } : { shape: "bad", word: "wanted" };
    case "optional":
      return { shape: "none", word: "optional" };
    case "error":
      return { shape: "bad", word: "error" };
    default:
      return { shape: "open", word: "undetermined" };
  }
}

/** Why a material need not be handed in any more, in words. */
export function satisfiedText(material: Material, { t, text }: Pick<ReturnType<typeof useWords>, "t" | "text">): string {
  const by = material.satisfied;
  if (!by) return "";
  switch (by.by) {
    case "licence":
      return t("satisfied.licence", { name: [text(by.name), by.number].filter(Boolean).join(" ") });
    case "group":
      return t("satisfied.group", { name: text(by.name) });
    default:
      return t(`satisfied.${by.by}`);
  }
}
