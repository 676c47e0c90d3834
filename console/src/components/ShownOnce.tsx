import { type ReactNode, useState } from 'react';
import { useDeadline } from '../app/deadline';
import { type Left, useKeeping } from '../app/kept';
import { Gate } from '../auth/Gate';
import type { SessionState } from '../session/session';
import { t } from '../strings';
import { Button } from './Button';
import { CopyButton } from './Copy';
import { Dialog, DialogBody, DialogFoot } from './Dialog';
import { Notice } from './States';
import { useStaying } from './useStaying';

/** What is said around something that is shown once; its own words, since losing it means something else each time. */
export type OnceWords = {
  done: string;
  closeTitle: string;
  closeText: string;
  closeAnyway: string;
  goBack: string;
  /** The session is over: how long it is still there. */
  kept: string;
  lostTitle: string;
  lostText: (name: string) => string;
};

type Shown = {
  title: ReactNode;
  /** What it belongs to. */
  name: string;
  words: OnceWords;
  /** Holds each secret in a `Secret`, which says by `onCopy` that it was copied. */
  children: (onCopy: () => void) => ReactNode;
};

/** So long it outlives its session: the words say so. Whoever signs out does not expect to leave it to the next person. */
export const KEPT_MS = 5 * 60_000;

/**
 * Shows something secret, this once. Who renders it holds the secret in a component's state and lets go of it in
 * `onClose`; it is in no cache, no storage and no address. Closing it, or leaving the page, asks once more unless it
 * was copied. Where the session ends before it was, which another tab or the API decides, it stays for a while.
 */
export function ShownOnce({ onClose, ...shown }: Shown & { onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  useKeeping(copied ? null : (left) => <OutOfSession {...shown} {...left} />);
  return (
    <Once
      {...shown}
      done={shown.words.done}
      copied={copied}
      onCopy={() => setCopied(true)}
      onClose={onClose}
    />
  );
}

/** The same when its session is over, and its screen is gone. Nothing is asked of the API here. */
function OutOfSession({ state, change, ...shown }: Shown & Left) {
  const [copied, setCopied] = useState(false);
  useDeadline(KEPT_MS, () => change(copied ? null : lost(shown.name, shown.words)));
  return (
    <Gate title={t.common.kept.title}>
      <Once
        {...shown}
        done={goOn(state, shown.words.done)}
        notice={
          <>
            {whatHappened(state)} {!copied && shown.words.kept}
          </>
        }
        copied={copied}
        onCopy={() => setCopied(true)}
        onClose={() => change(null)}
      />
    </Gate>
  );
}

/** Says that it is gone, and holds it no more. */
const lost =
  (name: string, words: OnceWords) =>
  ({ state, change }: Left) => (
    <Gate title={words.lostTitle}>
      <Dialog title={words.lostTitle} role="alertdialog" onClose={() => change(null)}>
        <DialogBody>
          <p>
            <bdi className="wrap">{words.lostText(name)}</bdi>
          </p>
        </DialogBody>
        <DialogFoot>
          <Button kind="primary" autoFocus onPress={() => change(null)}>
            {goOn(state, t.common.close)}
          </Button>
        </DialogFoot>
      </Dialog>
    </Gate>
  );

const goOn = (state: SessionState, otherwise: string) =>
  state.status === 'signed_out' ? t.auth.signIn.submit : otherwise;

function whatHappened(state: SessionState): string {
  const words = t.common.kept;
  if (state.status !== 'signed_out') return words.signedIn;
  return state.reason === 'ended' ? words.ended : words.signedOut;
}

function Once({
  title,
  words,
  done,
  notice,
  copied,
  onCopy,
  onClose,
  children,
}: Shown & {
  done: string;
  /** Read out at once, and over again when it changes. */
  notice?: ReactNode;
  copied: boolean;
  onCopy: () => void;
  onClose: () => void;
}) {
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
      <DialogBody>
        {notice !== undefined && (
          <div role="alert">
            <Notice>{notice}</Notice>
          </div>
        )}
        {children(onCopy)}
      </DialogBody>
      <DialogFoot>
        <Button kind="primary" onPress={close}>
          {done}
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
