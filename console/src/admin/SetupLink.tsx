import type { Schema } from '../api/client';
import { formatTime } from '../app/format';
import { Button } from '../components/Button';
import { Dialog, DialogBody, DialogFoot } from '../components/Dialog';
import { Secret, ShownOnce } from '../components/ShownOnce';
import { Notice } from '../components/States';
import { t } from '../strings';
import type { User } from './people-data';

export type Setup = Schema<'PasswordResetStarted'>;
const words = t.admin.users;

/** How a user gets to a new password: by a mail, or by a link that is shown this once. */
export function SetupLink({ user, setup, onClose }: { user: User; setup: Setup; onClose: () => void }) {
  const { link, expires_at: ends } = setup;
  const title = <bdi>{words.setup.title(user.name)}</bdi>;
  if (link === undefined) {
    return (
      <Dialog title={title} onClose={onClose}>
        <DialogBody>
          <p>{words.setup.mailed(user.email)}</p>
        </DialogBody>
        <DialogFoot>
          <Button kind="primary" onPress={onClose}>
            {words.setup.close}
          </Button>
        </DialogFoot>
      </Dialog>
    );
  }
  return (
    <ShownOnce title={title} name={user.name} words={words.link} onClose={onClose}>
      {(onCopy) => (
        <>
          <Notice kind="warning">{words.link.warning}</Notice>
          <Secret
            label={words.link.label}
            text={link}
            onCopy={onCopy}
            {...(ends !== undefined && { help: words.link.ends(formatTime(ends)) })}
          />
        </>
      )}
    </ShownOnce>
  );
}
