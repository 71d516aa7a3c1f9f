import { Mark, type Shape } from "@tongban/shared/explain";
import { useWords } from "@tongban/shared/words";

import { useFaultText } from "../frame/Fault";
import type { SaveState } from "./keeper";

const SHAPES: Record<SaveState["kind"], Shape> = {
  saved: "good",
  unsaved: "open",
  saving: "open",
  unreachable: "bad",
  "signed-out": "bad",
  conflict: "bad",
  refused: "bad",
};

/** Whether everything typed is safe, always in view; said aloud only when it is not. */
export function SaveMark({ state, retry }: { state: SaveState; retry(): void }) {
  const { t } = useWords();
  const say = useFaultText();
  const bad = SHAPES[state.kind] === "bad";
  return (
    <div className={`save-mark ${SHAPES[state.kind]}`} data-save={state.kind}>
      <Mark shape={SHAPES[state.kind]} />
      <span role={bad ? "alert" : undefined}>
        {t(`save.${state.kind}`)}
        {state.kind === "refused" ? <span className="quiet"> {say(state.error)}</span> : null}
      </span>
      {state.kind === "unreachable" || state.kind === "refused" ? (
        <button type="button" className="link" onClick={retry}>
          {t("fault.retry")}
        </button>
      ) : null}
    </div>
  );
}
