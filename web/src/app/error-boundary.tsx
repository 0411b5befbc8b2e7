import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

type State = { hasFailed: boolean };

/** A fault of a page must not leave an empty window; React catches such faults by classes only. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Notice
        tone="bad"
        title="Something went wrong on this page."
        action={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        Your requests go on without it, and nothing that was uploaded is lost.
      </Notice>
    );
  }
}
