import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Tooltip } from "./Tooltip";

/** Long enough to move the pointer from the number onto its note. */
const LEAVE_MS = 120;

interface FigureProps {
  /** What is printed. */
  children: ReactNode;
  /** What it rests on: shown on hover and on focus. */
  note?: ReactNode;
  /** Opens what is behind the number. */
  onOpen?: (() => void) | undefined;
  className?: string;
}

/** A number with its note (how many sessions it rests on), and a way to what is behind it. */
export function Figure({ children, note, onOpen, className = "" }: FigureProps) {
  const [shown, setShown] = useState(false);
  const leaving = useRef<number>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!shown) return;
    const dismiss = (event: KeyboardEvent) => event.key === "Escape" && setShown(false);
    document.addEventListener("keydown", dismiss);
    return () => document.removeEventListener("keydown", dismiss);
  }, [shown]);
  useEffect(() => () => window.clearTimeout(leaving.current), []);

  const show = () => {
    window.clearTimeout(leaving.current);
    setShown(note !== undefined);
  };
  const hide = () => setShown(false);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer may rest on the note too; the button has the keyboard
    <span
      className="inline-flex max-w-full"
      onMouseEnter={show}
      onMouseLeave={() => {
        leaving.current = window.setTimeout(hide, LEAVE_MS);
      }}
    >
      <button
        ref={button}
        type="button"
        className={`${onOpen ? "fpa-number" : "fpa-figure"} ${className}`}
        aria-describedby={shown ? id : undefined}
        aria-haspopup={onOpen ? "dialog" : undefined}
        onFocus={show}
        onBlur={hide}
        onClick={onOpen ?? show}
      >
        {children}
      </button>
      {shown && (
        <Tooltip id={id} anchor={button}>
          {note}
        </Tooltip>
      )}
    </span>
  );
}
