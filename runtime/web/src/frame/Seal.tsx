/** The sign of the platform. */
export function Seal({ size = 28 }: { size?: number }) {
  return (
    <svg className="seal" width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect x="1" y="1" width="30" height="30" rx="5" fill="currentColor" />
      <path d="M8 10h16M16 10v13M10 23h12" fill="none" stroke="var(--seal-ink, #fff)" strokeWidth="2.8" strokeLinecap="round" />
    </svg>
  );
}
