import { type ReactNode, useState } from 'react';
import { Button } from './Button';
import { CopyButton } from './Copy';
import { Dialog, DialogBody, DialogFoot } from './Dialog';
import { useStaying } from './useStaying';

/** What is said around something that is shown once; its own words, since losing it means something else each time. */
export type OnceWords = {
  done: string;
  closeTitle: string;
  closeText: string;
  closeAnyway: string;
  goBack: string;
};

/**
 * Shows something secret, this once. Who renders it holds the secret in a component's state and lets go of it in
 * `onClose`; it is in no cache, no storage and no address. Closing it, or leaving the page, asks once more unless it
 * was copied.
 */
export function ShownOnce({
  title,
  words,
  onClose,
  children,
}: {
  title: ReactNode;
  words: OnceWords;
  onClose: () => void;
  /** Holds each secret in a `Secret`, which says by `onCopy` that it was copied. */
  children: (onCopy: () => void) => ReactNode;
}) {
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const leaving = useStaying(!copied);
  const close = () => {
    if (copied) onClose();
    else setAsking(true);
  };
  const goBack = () => {
    setAsking(false);
    leaving.reset?.();
  };
  const closeAnyway = () => {
    leaving.proceed?.();
    onClose();
  };

  if (asking || leaving.state === 'blocked') {
    return (
      <Dialog title={words.closeTitle} onClose={goBack} role="alertdialog">
        <DialogBody>
          <p>{words.closeText}</p>
        </DialogBody>
        <DialogFoot>
          <Button onPress={closeAnyway}>{words.closeAnyway}</Button>
          <Button kind="primary" autoFocus onPress={goBack}>
            {words.goBack}
          </Button>
        </DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} wide onClose={close}>
      <DialogBody>{children(() => setCopied(true))}</DialogBody>
      <DialogFoot>
        <Button kind="primary" onPress={close}>
          {words.done}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

/** A text to copy. */
export function Secret({
  label,
  help,
  text,
  onCopy,
}: {
  label: string;
  help?: string;
  text: string;
  onCopy: () => void;
}) {
  return (
    <div className="secret">
      <div className="secret-head">
        <h3>{label}</h3>
        <CopyButton text={text} label={label} onCopy={onCopy} />
      </div>
      {help !== undefined && <p className="small soft">{help}</p>}
      {/* Copied by hand, it is copied as well, if it is all of it. */}
      <pre
        onCopy={() => {
          if (window.getSelection()?.toString().includes(text)) onCopy();
        }}
      >
        {text}
      </pre>
    </div>
  );
}
