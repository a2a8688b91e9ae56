import type { ReactNode } from "react";
import { Icon } from "../ui/Icon";

interface BannerProps {
  onRetry: () => void;
  children: ReactNode;
}

/** Above numbers that are still shown: what is wrong with the newer ones, and another try. */
export function Banner({ onRetry, children }: BannerProps) {
  return (
    <div
      role="alert"
      className="fpa-no-print mb-4 flex flex-wrap items-center gap-3 rounded-lg border border-line bg-amber-400/10 px-4 py-2"
    >
      <span className="text-fair">
        <Icon name="warning" />
      </span>
      <span className="flex-1">{children}</span>
      <button type="button" className="fpa-button fpa-button-small" onClick={onRetry}>
        <Icon name="retry" size={12} /> Try again
      </button>
    </div>
  );
}

/** For a service that says nothing. */
export function SlowBanner({ onRetry }: { onRetry: () => void }) {
  return <Banner onRetry={onRetry}>The service has not answered for 5 seconds. Still waiting.</Banner>;
}
