import { useState } from 'react';
import { t } from '../strings';
import { Button } from './Button';
import { toast } from './Toasts';

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, label, small = true }: { text: string; label?: string; small?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      window.setTimeout(() => setCopied(false), 2_000);
    } catch {
      toast(t.common.copyFailed, 'danger');
    }
  };
  return (
    <Button small={small} icon={copied ? 'check' : 'copy'} onPress={() => void copy()}>
      <span aria-live="polite">{copied ? t.common.copied : (label ?? t.common.copy)}</span>
    </Button>
  );
}
