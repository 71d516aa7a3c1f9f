import { body, client } from "@tongban/shared/api/client";
import type { CaseView, DraftView, Material, StoredFile } from "@tongban/shared/api/types";
import { MaterialsPanel, type MaterialActions } from "@tongban/shared/explain";
import { useWords } from "@tongban/shared/words";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { Fault } from "../frame/Fault";
import { FilePreview } from "../frame/FilePreview";
import { handIn } from "../frame/handIn";

/** The ids of documents that a case still awaits: those of its notice, or those that may follow after acceptance. */
export function awaited(of: CaseView): ReadonlySet<string> {
  if (of.actions.includes("supplement")) return new Set(of.supplement?.outstanding ?? []);
  if (of.actions.includes("supply-tolerated")) return new Set((of.gaps ?? []).filter((g) => g.open).map((g) => g.material));
  return new Set();
}

/** The materials of a case. What it awaits can be handed in here, and is recorded with the act that collects it. */
export function CaseMaterials({ of }: { of: CaseView }) {
  const calls = useQueryClient();
  const open = useMemo(() => awaited(of), [of]);
  const key = ["handed-in", of.id, of.revision];
  const { data: held } = useQuery({
    queryKey: key,
    queryFn: () => body(client.GET("/api/v1/drafts/{id}", { params: { path: { id: of.id } } })),
    enabled: open.size > 0,
    staleTime: 0,
  });
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<unknown>();
  const [preview, setPreview] = useState<StoredFile>();
  const actions = useMemo<MaterialActions | undefined>(() => {
    if (open.size === 0) return undefined;
    const to = handIn(of.id);
    const during = async (material: string, call: () => Promise<DraftView>) => {
      setBusy((now) => new Set(now).add(material));
      setError(undefined);
      try {
        calls.setQueryData(key, await call());
      } catch (problem) {
        setError(problem);
      } finally {
        setBusy((now) => new Set([...now].filter((id) => id !== material)));
      }
    };
    return {
      busy,
      only: open,
      attach: (material: Material, files) => void files.forEach((file) => void during(material.id, () => to.attach(material, file))),
      detach: (file) => void during(file.material, () => to.detach(file)),
      setPaper: (material, taken) => void during(material.id, () => to.setPaper(material, taken)),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key is made of the case's id and revision
  }, [busy, calls, of.id, of.revision, open]);
  const pending = (held?.files ?? []).filter((f) => open.has(f.material));
  const known = new Set(of.files.map((f) => f.material + f.hash));
  const files = [...of.files, ...pending.filter((f) => !known.has(f.material + f.hash))];
  const paper = [...new Set([...of.paper, ...(held?.paper ?? []).filter((id) => open.has(id))])];
  const isPending = preview !== undefined && !known.has(preview.material + preview.hash);
  return (
    <>
      <MaterialsPanel outcome={of.outcome} files={files} paper={paper} actions={actions} onPreview={setPreview} />
      <Fault error={error} />
      <FilePreview
        file={preview}
        href={preview ? `/api/v1/${isPending ? "drafts" : "cases"}/${of.id}/files/${preview.hash}` : ""}
        close={() => setPreview(undefined)}
      />
    </>
  );
}

/** What was accepted as still to come, each with its last day and how it stands. */
export function Gaps({ of }: { of: CaseView }) {
  const { t, text } = useWords();
  const gaps = of.gaps ?? [];
  if (gaps.length === 0) return null;
  return (
    <section className={`note ${gaps.some((g) => g.late) ? "bad" : "warn"}`} aria-label={t("case.gaps")}>
      <h2>{t("case.gaps")}</h2>
      <ul className="plain">
        {gaps.map((g) => (
          <li key={g.material}>
            <b>{text(g.name)}</b> · {text(g.text)}
          </li>
        ))}
      </ul>
      {gaps.some((g) => g.open) ? <p className="quiet">{t("case.gapsOpen")}</p> : null}
    </section>
  );
}
