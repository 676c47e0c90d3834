import { useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { t } from '../strings';
import { Button, IconButton } from './Button';
import { Icon } from './Icon';

/** What else is to be done, or to be seen. */
type Action = { label: string; run: () => void };
type Toast = { id: number; kind: 'good' | 'danger'; text: string; action: Action | null };
const LIFE_MS = 6_000;
/** There is something to decide. */
const LIFE_WITH_ACTION_MS = 15_000;
let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number): void => set(toasts.filter((toast) => toast.id !== id));

/** Takes all away: what was done by one person is not told the next. */
export const clearToasts = (): void => set([]);

/** Says that something was done. A failure stays until it is dismissed, and belongs where it happened if it can. */
export function toast(text: string, kind: Toast['kind'] = 'good', action: Action | null = null): void {
  last += 1;
  const id = last;
  set([...toasts.slice(-2), { id, kind, text, action }]);
  if (kind === 'good') window.setTimeout(() => dismiss(id), action ? LIFE_WITH_ACTION_MS : LIFE_MS);
}

/** The place of the toasts: within the body, so that they are read out over a dialogue as well. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return createPortal(
    <div className="toasts" role="status" aria-live="polite" data-react-aria-top-layer="true">
      {shown.map((one) => (
        <div key={one.id} className={`toast toast-${one.kind}`}>
          <Icon name={one.kind === 'good' ? 'check' : 'warning'} />
          <span className="toast-text" dir="auto">
            {one.text}
          </span>
          {one.action && <ToastAction toast={one} action={one.action} />}
          <IconButton icon="close" label={t.common.dismiss} onPress={() => dismiss(one.id)} />
        </div>
      ))}
    </div>,
    document.body,
  );
}

function ToastAction({ toast: { id }, action: { label, run } }: { toast: Toast; action: Action }) {
  const act = () => {
    dismiss(id);
    run();
  };
  return (
    <Button small onPress={act}>
      {label}
    </Button>
  );
}
