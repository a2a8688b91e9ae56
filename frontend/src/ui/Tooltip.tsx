import { type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";

const GAP = 6;
const MARGIN = 8;

/** A note beside its anchor, in the top layer so that no scrolling table cuts it off. */
export function Tooltip({
  id,
  anchor,
  children,
}: {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  children: ReactNode;
}) {
  const tip = useRef<HTMLSpanElement>(null);

  useLayoutEffect(() => {
    const element = tip.current;
    if (!element) return;
    const place = () => {
      const at = anchor.current?.getBoundingClientRect();
      if (!at) return;
      const { width, height } = element.getBoundingClientRect();
      const above = at.top - height - GAP;
      const centred = at.left + at.width / 2 - width / 2;
      const left = Math.max(MARGIN, Math.min(centred, window.innerWidth - width - MARGIN));
      element.style.top = `${above >= MARGIN ? above : at.bottom + GAP}px`;
      element.style.left = `${left}px`;
    };
    element.showPopover?.();
    place();
    window.addEventListener("scroll", place, { capture: true, passive: true });
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, { capture: true });
      window.removeEventListener("resize", place);
    };
  }, [anchor]);

  return (
    <span ref={tip} id={id} role="tooltip" popover="manual" className="fpa-tooltip">
      {children}
    </span>
  );
}
