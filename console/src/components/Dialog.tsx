import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, type SubmitEvent, useState } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { NavigationType, useBlocker } from 'react-router';
import { mayBeDone } from '../api/errors';
import { readAnew } from '../app/anew';
import { t } from '../strings';
import { Button } from './Button';
import { Failure } from './Failure';
import { Notice } from './States';
import { useHeadingAfter } from './useHeadingAfter';
import { useAsking } from './useStaying';

/**
 * A dialogue over the page. It is shown while it is rendered: the screen holds what it is about
 * (`{editing && <EditDialog user={editing} onClose={…} />}`), so that each opening begins anew.
 */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
  isDismissable = true,
  role = 'dialog',
}: {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** Whether Escape and a press beside it close it. */
  isDismissable?: boolean;
  role?: 'dialog' | 'alertdialog';
}) {
  useHeadingAfter();
  return (
    <ModalOverlay
      className="veil"
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable={isDismissable}
      isKeyboardDismissDisabled={!isDismissable}
    >
      <Modal className={wide ? 'modal modal-wide' : 'modal'}>
        <AriaDialog className="dialog" role={role}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="dialog-body">{children}</div>;
}

export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className="dialog-foot">{children}</div>;
}

/**
 * A dialogue with a form: `onSubmit` does the work, and the dialogue stays open, with the reason, where it fails.
 * Nothing closes it in the meantime, or what was done would be shown to nobody, or in place of something else. A
 * field's own error is the screen's: it throws nothing then and shows it. A key that is held confirms once.
 */
export function FormDialog({
  title,
  submit,
  onSubmit,
  onClose,
  children,
  danger = false,
  wide = false,
  isDisabled = false,
  answersOnce = false,
}: {
  title: ReactNode;
  submit: string;
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
  danger?: boolean;
  wide?: boolean;
  isDisabled?: boolean;
  /** The answer is shown once: who leaves while it is on its way has lost it. */
  answersOnce?: boolean;
}) {
  const [failure, setFailure] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const client = useQueryClient();
  // What is done may lead to another page; the browser's buttons do not.
  useBlocker(({ historyAction }) => pending && historyAction === NavigationType.Pop);
  useAsking(pending && answersOnce);

  const run = async () => {
    setPending(true);
    setFailure(null);
    try {
      await onSubmit();
    } catch (error) {
      setFailure(error);
      if (mayBeDone(error)) void readAnew(client);
    } finally {
      setPending(false);
    }
  };

  return (
    <Dialog
      title={title}
      onClose={onClose}
      wide={wide}
      isDismissable={!pending}
      role={danger ? 'alertdialog' : 'dialog'}
    >
      <form
        noValidate
        onKeyDownCapture={once}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          if (!pending && !isDisabled) void run();
        }}
      >
        <DialogBody>
          {children}
          {failure !== null && <Failure error={failure} />}
          {mayBeDone(failure) && <Notice kind="warning">{t.common.errors.mayBeDone}</Notice>}
        </DialogBody>
        <DialogFoot>
          <Button isDisabled={pending} onPress={onClose}>
            {t.common.cancel}
          </Button>
          <Button
            type="submit"
            kind={danger ? 'danger' : 'primary'}
            isPending={pending}
            isDisabled={isDisabled}
          >
            {submit}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** Where a held Enter writes lines, it does. */
function once(event: KeyboardEvent) {
  const isWritten = event.target instanceof HTMLTextAreaElement;
  if (event.key === 'Enter' && event.repeat && !isWritten) event.preventDefault();
}
