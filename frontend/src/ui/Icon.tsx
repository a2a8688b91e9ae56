const PATHS = {
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  sort: "M5 6.5 8 3.5l3 3M5 9.5l3 3 3-3",
  download: "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M2.5 13.5h11",
  warning: "M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.5v.2",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z",
  screen: "M2 3h12v8H2zM6 14h4M8 11v3",
  close: "m4 4 8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  retry: "M13 8a5 5 0 1 1-1.5-3.5M13 2.5v3h-3",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  cloud: "M4.5 12.5a3 3 0 0 1-.3-6A4 4 0 0 1 12 6.6a3 3 0 0 1-.3 5.9zM2 2l12 12",
  calendar: "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5",
  page: "M4 2h5.5L12.5 5v9H4zM9 2v3.5h3.5M6 8.5h4.5M6 11h4.5",
  money: "M8 2.5v11M11 5.5C10.5 4.5 9.5 4 8 4c-2 0-3 .8-3 2s1 1.7 3 2 3 .8 3 2-1 2-3 2c-1.5 0-2.600-.5-3.1-1.6",
  open: "M4 6l4 4 4-4",
  closed: "M6 4l4 4-4 4",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.2 3.2",
  empty: "M2.5 9.5 4.5 3h7l2 6.5v4h-11zM2.5 9.5H6l.7 1.5h2.6l.7-1.5h3.5",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: whatever it stands for is also said in words. */
export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      // A style, since an application's own rule for `svg` would win over attributes.
      style={{ width: size, height: size, fill: "none", stroke: "currentColor", strokeWidth: 1.5 }}
      viewBox="0 0 16 16"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
