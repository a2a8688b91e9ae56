import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface NoticeProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Announced at once: something the reader waits for did not come. */
  urgent?: boolean;
}

/** Stands where the numbers would be, and says why they are not there. */
export function Notice({ icon, title, children, action, urgent = false }: NoticeProps) {
  return (
    <div
      role={urgent ? "alert" : undefined}
      className="glass-card-static flex flex-col items-center gap-3 px-6 py-14 text-center"
    >
      <span className="text-muted">
        <Icon name={icon} size={28} />
      </span>
      <h3 className="text-base font-semibold">{title}</h3>
      {children && <p className="max-w-md text-muted">{children}</p>}
      {action}
    </div>
  );
}
