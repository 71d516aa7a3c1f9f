import { useEffect, useRef } from "react";

/**
 * Keeps `--head-bottom` of the parent at where the lower edge of a sticky head is while it sticks, in pixels from the top of
 * the window, whatever its lines wrap to: what sticks below it starts there.
 */
export function useStuckHead<T extends HTMLElement>() {
  const head = useRef<T>(null);
  useEffect(() => {
    const at = head.current;
    const parent = at?.parentElement;
    if (!at || !parent) return;
    const measure = () => parent.style.setProperty("--head-bottom", `${(Number.parseFloat(getComputedStyle(at).top) || 0) + at.offsetHeight}px`);
    const watcher = new ResizeObserver(measure);
    watcher.observe(at);
    return () => watcher.disconnect();
  }, []);
  return head;
}
