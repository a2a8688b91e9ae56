import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTabStop } from "./Reach";
import { Tooltip } from "./Tooltip";
import { TouchNote } from "./TouchNote";

/** Long enough to move the pointer from the number onto its note. */
const LEAVE_MS = 120;

export interface FigureProps {
  /** What is printed. */
  children: ReactNode;
  /** What it rests on: shown on hover, on focus, and by a finger's tap. */
  note?: ReactNode;
  /** Opens what is behind the number. */
  onOpen?: (() => void) | undefined;
  /** How many are behind it, where that is not what is printed. */
  count?: number | undefined;
  className?: string;
}

/** A number with its note (how many sessions it rests on), and a way to what is behind it. */
export function Figure({ children, note, onOpen, count, className = "" }: FigureProps) {
  const [shown, setShown] = useState<"hint" | "offer" | null>(null);
  const leaving = useRef<number>(undefined);
  const byFinger = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  const tabStop = useTabStop();
  const id = useId();

  useEffect(() => {
    if (shown !== "hint") return;
    const dismiss = (event: KeyboardEvent) => event.key === "Escape" && setShown(null);
    document.addEventListener("keydown", dismiss);
    return () => document.removeEventListener("keydown", dismiss);
  }, [shown]);
  useEffect(() => () => window.clearTimeout(leaving.current), []);

  const hint = () => {
    window.clearTimeout(leaving.current);
    if (note !== undefined && !byFinger.current) setShown("hint");
  };
  const hide = () => setShown((now) => (now === "hint" ? null : now));
  const press = () => {
    if (byFinger.current && note !== undefined) setShown("offer");
    else if (onOpen) onOpen();
    else hint();
    byFinger.current = false;
  };

  return (
    <span
      className="inline-flex max-w-full"
      onPointerEnter={({ pointerType }) => pointerType !== "touch" && hint()}
      onPointerLeave={({ pointerType }) => {
        if (pointerType !== "touch") leaving.current = window.setTimeout(hide, LEAVE_MS);
      }}
    >
      <button
        ref={button}
        type="button"
        className={`${onOpen ? "fpa-number" : "fpa-figure"} ${className}`}
        // A button that only shows its note is no stop on the way through the page.
        tabIndex={onOpen ? tabStop : -1}
        data-count={onOpen && count}
        aria-describedby={shown === "hint" ? id : undefined}
        aria-haspopup={onOpen ? "dialog" : undefined}
        onPointerDown={({ pointerType }) => {
          byFinger.current = pointerType === "touch";
        }}
        onFocus={hint}
        onBlur={hide}
        onClick={press}
      >
        {children}
      </button>
      {shown === "hint" && (
        <Tooltip id={id} anchor={button}>
          {note}
        </Tooltip>
      )}
      {shown === "offer" && (
        <TouchNote anchor={button} onOpen={onOpen} onClose={() => setShown(null)}>
          {note}
        </TouchNote>
      )}
    </span>
  );
}
