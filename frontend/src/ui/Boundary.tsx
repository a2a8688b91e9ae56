import { Component, type ReactNode } from "react";
import { Icon } from "./Icon";
import { Notice } from "./Notice";

interface BoundaryProps {
  /** Another value is another try: the next answer may be one that can be shown. */
  resetKey: unknown;
  children: ReactNode;
}

interface BoundaryState {
  error: Error | null;
  resetKey: unknown;
}

/** Keeps a fault in one part of the page from taking the rest away. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: null, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ resetKey }: BoundaryProps, state: BoundaryState): Partial<BoundaryState> | null {
    return resetKey === state.resetKey ? null : { error: null, resetKey };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <Notice
        urgent
        icon="warning"
        title="This part of the page cannot be shown"
        action={
          <button type="button" className="fpa-button" onClick={() => this.setState({ error: null })}>
            <Icon name="retry" /> Try again
          </button>
        }
      >
        The numbers may have come in a form that the page does not understand. The rest goes on working.
      </Notice>
    );
  }
}
