/** A verdict as a shape: a tick, a cross, an open circle, a dash. The colour only repeats what the shape says. */
export type Shape = "good" | "bad" | "open" | "none";

const PATHS: Record<Shape, string> = {
  good: "M5.8 10.4l2.9 2.9 5.6-6.4",
  bad: "M7 7l6 6M13 7l-6 6",
  open: "M10 6.2v4.6M10 13.4v.2",
  none: "M6.4 10h7.2",
};

export function Mark({ shape, label }: { shape: Shape; label?: string }) {
  return (
    <span className={`mark ${shape}`} role={label ? "img" : undefined} aria-label={label} aria-hidden={label ? undefined : true}>
      <svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeLinecap="round" strokeLinejoin="round">
        {shape === "open" ? (
          <circle cx="10" cy="10" r="7.6" strokeWidth="1.4" strokeDasharray="2.6 2.2" />
        ) : (
          <circle cx="10" cy="10" r="7.6" strokeWidth="1.4" />
        )}
        <path d={PATHS[shape]} strokeWidth="1.8" />
      </svg>
    </span>
  );
}

/** The shape of a verdict of the engine. */
export function shapeOf(verdict: "met" | "unmet" | "undetermined" | "not-applicable" | "error"): Shape {
  switch (verdict) {
    case "met":
      return "good";
    case "unmet":
    case "error":
      return "bad";
    case "undetermined":
      return "open";
    default:
      return "none";
  }
}
