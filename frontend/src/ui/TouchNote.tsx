import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { keepBeside } from "./beside";

interface TouchNoteProps {
  anchor: RefObject<HTMLElement | null>;
  onOpen: (() => void) | undefined;
  onClose: () => void;
  children: ReactNode;
}

/** What a finger gets for a tap on a number: its note, and the way to the list. A tap beside it closes it. */
export function TouchNote({ anchor, onOpen, onClose, children }: TouchNoteProps) {
  const note = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    if (!note.current || !anchor.current) return;
    note.current.showPopover?.();
    return keepBeside(note.current, anchor.current);
  }, [anchor]);

  useEffect(() => {
    const element = note.current;
    const onToggle = (event: Event) => (event as ToggleEvent).newState === "closed" && onClose();
    element?.addEventListener("toggle", onToggle);
    return () => element?.removeEventListener("toggle", onToggle);
  }, [onClose]);

  return (
    <div ref={note} role="dialog" aria-label="About this number" popover="auto" className="fpa-tooltip">
      <p>{children}</p>
      {onOpen && (
        <button
          type="button"
          className="fpa-button mt-2 w-full"
          onClick={() => {
            onClose();
            onOpen();
          }}
        >
          Show the sessions
        </button>
      )}
    </div>
  );
}
