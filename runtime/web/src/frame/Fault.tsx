import { ApiError } from "@tongban/shared/api/problem";
import { useWords } from "@tongban/shared/words";

/** Why a call failed, in the words of the server or, where it could not be reached, in ours. */
export function Fault({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useWords();
  const say = useFaultText();
  if (!error) return null;
  return (
    <div className="fault" role="alert">
      <p>{say(error)}</p>
      {retry ? (
        <button type="button" className="btn small" onClick={retry}>
          {t("fault.retry")}
        </button>
      ) : null}
    </div>
  );
}

/** The text of a failed call. */
export function useFaultText(): (error: unknown) => string {
  const { t, text } = useWords();
  return (error) => {
    if (!(error instanceof ApiError)) return t("fault.unknown");
    if (error.status === 0) return t("fault.unreachable");
    const details = error.errors.map((e) => text(e.text)).filter(Boolean);
    const own = text(error.text) || t("fault.unknown");
    return details.length > 0 ? `${own} ${details.join(" ")}` : own;
  };
}
