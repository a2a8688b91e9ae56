import { useEffect, useRef } from "react";

/** What the editor would have opened. The editor is FlowPilot's; this page alone can only say what it asks for. */
export type EditorRequest = { kind: "open"; flowId: string } | { kind: "create"; domain: string };

export function EditorNotice({ request, onClose }: { request: EditorRequest; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <div className="fpa-root !min-h-0">
      <dialog ref={dialog} className="fpa-dialog !w-96 p-5" aria-labelledby="editor-notice" onClose={onClose}>
        <h2 id="editor-notice" className="text-base font-semibold">
          {request.kind === "open" ? "Open the flow" : "Create a flow"}
        </h2>
        <p className="mt-2 text-muted">
          Inside FlowPilot this opens the flow editor{" "}
          {request.kind === "open" ? "on this flow:" : "with a new flow for this domain:"}
        </p>
        <p className="mt-2 font-medium break-all">{request.kind === "open" ? request.flowId : request.domain}</p>
        <button type="button" className="fpa-button mt-4 self-end" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </div>
  );
}
