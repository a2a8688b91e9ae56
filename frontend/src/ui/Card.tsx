import { type ReactNode, useId } from "react";

interface CardProps {
  title: string;
  /** One line under the title: what is shown, or how to read it. */
  hint?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Tables reach the card's edges. */
  flush?: boolean;
}

export function Card({ title, hint, actions, children, className = "", flush = false }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`glass-card-static min-w-0 ${className}`}>
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3.5 pb-3 sm:px-5">
        <div className="min-w-0">
          <h3 id={id} className="text-[0.9375rem] font-semibold">
            {title}
          </h3>
          {hint && <p className="mt-0.5 text-xs text-muted">{hint}</p>}
        </div>
        {actions}
      </header>
      <div className={flush ? "border-t border-line" : "px-4 pb-4 sm:px-5"}>{children}</div>
    </section>
  );
}
