const GAP = 6;
const MARGIN = 8;

/** Puts a note beside its anchor: above it where there is room, inside the window always. */
export function putBeside(note: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const above = at.top - height - GAP;
  const centred = at.left + at.width / 2 - width / 2;
  note.style.top = `${above >= MARGIN ? above : at.bottom + GAP}px`;
  note.style.left = `${Math.max(MARGIN, Math.min(centred, window.innerWidth - width - MARGIN))}px`;
}

/** Keeps it there while anything scrolls; returns what ends that. */
export function keepBeside(note: HTMLElement, anchor: HTMLElement): () => void {
  const place = () => putBeside(note, anchor);
  place();
  window.addEventListener("scroll", place, { capture: true, passive: true });
  window.addEventListener("resize", place);
  return () => {
    window.removeEventListener("scroll", place, { capture: true });
    window.removeEventListener("resize", place);
  };
}
