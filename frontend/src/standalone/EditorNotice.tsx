import { useEffect, useRef } from "react";

/** What the application would have opened. This page alone can only say what it asks for. */
export type EditorRequest =
  | { kind: "open"; flowId: string }
  | { kind: "create"; domain: string }
  | { kind: "ticket"; ticketId: string };

/** The page's own look at this moment; the notice lies outside of its root. */
const pageTheme = (): string | undefined => document.querySelector<HTMLElement>(".fpa-root")?.dataset.theme;

function words(request: EditorRequest): { title: string; text: string; what: string } {
  switch (request.kind) {
    case "open":
      return {
        title: "Open the flow",
        text: "Inside FlowPilot this opens the flow editor on this flow:",
        what: request.flowId,
      };
    case "create":
      return {
        title: "Create a flow",
        text: "Inside FlowPilot this opens the flow editor with a new flow for this domain:",
        what: request.domain,
      };
    case "ticket":
      return {
        title: "Open the ticket",
        text: "Inside FlowPilot this opens the PSA on this ticket:",
        what: request.ticketId,
      };
  }
}

export function EditorNotice({ request, onClose }: { request: EditorRequest; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const { title, text, what } = words(request);
  return (
    <div className="fpa-root !min-h-0" data-theme={pageTheme()}>
      <dialog
        ref={dialog}
        className="fpa-dialog !w-[min(24rem,calc(100vw-1.5rem))] p-5"
        aria-labelledby="editor-notice"
        onClose={onClose}
      >
        <h2 id="editor-notice" className="text-base font-semibold">
          {title}
        </h2>
        <p className="mt-2 text-muted">{text}</p>
        <p className="mt-2 font-medium break-all">{what}</p>
        <button type="button" className="fpa-button mt-4 self-end" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </div>
  );
}
