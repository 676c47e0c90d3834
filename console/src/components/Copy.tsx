import { useState } from 'react';
import { t } from '../strings';
import { Button } from './Button';
import { toast } from './Toasts';

/** Copies a text, and says so for a moment. */
export function CopyButton({
  text,
  label,
  onCopy,
}: {
  text: string;
  /** What is copied, for who does not see where the button stands. */
  label?: string;
  /** Called when the text is in the clipboard. */
  onCopy?: () => void;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      onCopy?.();
      window.setTimeout(() => setCopied(false), 2_000);
    } catch {
      toast(t.common.copyFailed, 'danger');
    }
  };
  return (
    <Button small icon={copied ? 'check' : 'copy'} onPress={() => void copy()}>
      <span aria-live="polite">{copied ? t.common.copied : t.common.copy}</span>
      {label !== undefined && <span className="hidden">: {label}</span>}
    </Button>
  );
}
