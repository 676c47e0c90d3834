import { api } from '../api/client';
import { Button } from '../components/Button';
import { FormDialog } from '../components/Dialog';
import { Card } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { moreOf } from '../components/Table';
import { toast } from '../components/Toasts';
import { useOpen } from '../components/useOpen';
import { deviceName, type OneSession, SessionTable } from '../settings/SessionTable';
import { t } from '../strings';
import { type User, useAdministrationChanged } from './people-data';
import { useUserSessions } from './user-data';

const words = t.admin.user.sessions;
const ending = t.settings.sessions;

/** Where a user is signed in. */
export function UserSessions({ user, onSignOut }: { user: User; onSignOut: () => void }) {
  const query = useUserSessions(user.id);
  const [open, setOpen, close] = useOpen<OneSession>();
  return (
    <Card
      flush
      title={words.title}
      actions={
        <Button small onPress={onSignOut}>
          {t.admin.users.signOut.action}
        </Button>
      }
    >
      <Loaded query={query}>
        {({ pages }) => {
          const sessions = pages.flatMap((page) => page.sessions);
          return sessions.length === 0 ? (
            <EmptyState icon="devices" title={words.empty}>
              {words.emptyText}
            </EmptyState>
          ) : (
            <SessionTable sessions={sessions} onEnd={setOpen} more={moreOf(query)} />
          );
        }}
      </Loaded>
      {open && <EndSession user={user} session={open} onClose={close} />}
    </Card>
  );
}

function EndSession({ user, session, onClose }: { user: User; session: OneSession; onClose: () => void }) {
  const changed = useAdministrationChanged();
  return (
    <FormDialog
      title={<bdi>{ending.endTitle(deviceName(session))}</bdi>}
      submit={ending.end}
      danger
      onClose={onClose}
      onSubmit={async () => {
        const path = { id: user.id, session: session.id };
        await api.DELETE('/admin/users/{id}/sessions/{session}', { params: { path } });
        await changed();
        onClose();
        toast(ending.ended);
      }}
    >
      <p>{ending.endText}</p>
    </FormDialog>
  );
}
