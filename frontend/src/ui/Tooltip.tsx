import { type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { keepBeside } from "./beside";

interface TooltipProps {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  children: ReactNode;
}

/** A note beside its anchor, in the top layer so that no scrolling table cuts it off. */
export function Tooltip({ id, anchor, children }: TooltipProps) {
  const tip = useRef<HTMLSpanElement>(null);

  useLayoutEffect(() => {
    if (!tip.current || !anchor.current) return;
    tip.current.showPopover?.();
    return keepBeside(tip.current, anchor.current);
  }, [anchor]);

  return (
    <span ref={tip} id={id} role="tooltip" popover="manual" className="fpa-tooltip">
      {children}
    </span>
  );
}
