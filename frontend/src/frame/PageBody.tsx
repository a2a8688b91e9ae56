import type { ReactNode } from "react";

interface PageBodyProps {
  /** Beside the title. */
  aside?: ReactNode;
  children: ReactNode;
}

export function PageBody({ aside, children }: PageBodyProps) {
  return (
    <div className="mx-auto max-w-7xl px-3 pt-5 pb-12 sm:px-6 sm:pt-7">
      <header className="flex items-start justify-between gap-4">
        <div>
          <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">FlowPilot Analytics</h1>
          <p className="mt-0.5 text-muted">What guided work saves, where flows are missing, and what reaches the PSA</p>
        </div>
        {aside}
      </header>
      {children}
    </div>
  );
}
