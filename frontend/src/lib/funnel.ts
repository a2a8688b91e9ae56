/** The push funnel as stages, each with its share of the stage before. */

export interface FunnelCounts {
  total_sessions: number;
  linked_to_ticket: number;
  doc_pushed: number;
  time_entry_logged: number;
}

export interface Stage {
  key: keyof FunnelCounts;
  name: string;
  /** The filter of `/sessions` that lists exactly these; null for all. */
  filter: "linked" | "doc" | "time" | null;
  /** The filter that lists those of the stage before that did not get here; null for the first stage. */
  lost: "ticket" | "doc" | "time" | null;
  count: number;
  /** Of all sessions; null when there are none. */
  ofAll: number | null;
  /** Of the stage before; null for the first stage, and where that one is empty. */
  conversion: number | null;
  before: number;
}

const STAGES: readonly Pick<Stage, "key" | "name" | "filter" | "lost">[] = [
  { key: "total_sessions", name: "Sessions", filter: null, lost: null },
  { key: "linked_to_ticket", name: "Linked to ticket", filter: "linked", lost: "ticket" },
  { key: "doc_pushed", name: "Doc pushed", filter: "doc", lost: "doc" },
  { key: "time_entry_logged", name: "Time entry logged", filter: "time", lost: "time" },
];

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export function stagesOf(funnel: FunnelCounts): Stage[] {
  return STAGES.map(({ key, name, filter, lost }, index) => {
    const previous = STAGES[index - 1];
    const before = previous ? funnel[previous.key] : funnel[key];
    return {
      key,
      name,
      filter,
      lost,
      count: funnel[key],
      ofAll: share(funnel[key], funnel.total_sessions),
      conversion: previous ? share(funnel[key], before) : null,
      before,
    };
  });
}

/** A stage's shape in a 100 x 100 box: as high as its share, narrowing to the next one's. */
export function stagePath(share: number, next: number): string {
  const from = Math.max(share * 100, 1.5);
  const to = Math.max(next * 100, 1.5);
  const edge = (height: number, side: 1 | -1) => 50 + (side * height) / 2;
  return [
    `M0 ${edge(from, -1)}`,
    `H45 C75 ${edge(from, -1)} 75 ${edge(to, -1)} 100 ${edge(to, -1)}`,
    `V${edge(to, 1)}`,
    `C75 ${edge(to, 1)} 75 ${edge(from, 1)} 45 ${edge(from, 1)} H0 Z`,
  ].join(" ");
}
