import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, body } from '../api/client';
import { allPages } from '../api/pages';
import { readAnew } from '../app/anew';
import { Button } from '../components/Button';
import { FormDialog } from '../components/Dialog';
import { Menu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { toast } from '../components/Toasts';
import { useOpen } from '../components/useOpen';
import { session } from '../session/instance';
import { t } from '../strings';
import { deviceName, type OneSession, SessionTable } from './SessionTable';

type Open = { kind: 'one'; session: OneSession } | { kind: 'others' | 'all' };
const words = t.settings.sessions;
const sessionsKey = ['sessions'] as const;

export function Sessions() {
  const [open, setOpen, close] = useOpen<Open>();
  const query = useQuery({
    queryKey: sessionsKey,
    queryFn: () =>
      allPages<OneSession>(async (cursor) => {
        const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
        const page = await body(api.GET('/users/me/sessions', { params: { query } }));
        return { items: page.sessions, next: page.next_cursor };
      }),
  });
  const several = (query.data?.length ?? 0) > 1;
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Menu
          label={t.common.actions}
          trigger={<Button>{t.common.actions}</Button>}
          actions={[
            {
              id: 'others',
              label: words.endOthers,
              isDisabled: !several,
              run: () => setOpen({ kind: 'others' }),
            },
            { id: 'all', label: words.endAll, danger: true, run: () => setOpen({ kind: 'all' }) },
          ]}
        />
      }
    >
      <Card flush>
        <Loaded query={query}>
          {(sessions) =>
            sessions.length === 0 ? (
              <EmptyState icon="devices" title={words.empty} />
            ) : (
              <SessionTable sessions={sessions} onEnd={(one) => setOpen({ kind: 'one', session: one })} />
            )
          }
        </Loaded>
      </Card>
      {open && <EndSessions what={open} onClose={close} />}
    </Page>
  );
}

/** Asks before sessions end, and ends them. */
function EndSessions({ what, onClose }: { what: Open; onClose: () => void }) {
  const client = useQueryClient();
  const done = async (text: string) => {
    await readAnew(client, { queryKey: sessionsKey });
    onClose();
    toast(text);
  };

  let title: ReactNode = words.endAllTitle;
  let text = words.endAllText;
  let submit = words.endAll;
  // The session in use ends last: without it the others could not be ended.
  let run = async () => {
    await api.DELETE('/users/me/sessions');
    await session.signOut();
  };
  if (what.kind === 'others') {
    title = words.endOthersTitle;
    text = words.endOthersText;
    submit = words.endOthers;
    run = async () => {
      await api.DELETE('/users/me/sessions');
      await done(words.endedOthers);
    };
  } else if (what.kind === 'one') {
    const { id, current } = what.session;
    title = <bdi>{words.endTitle(deviceName(what.session))}</bdi>;
    text = words.endText;
    submit = current ? words.signOut : words.end;
    run = async () => {
      if (current) return session.signOut();
      await api.DELETE('/users/me/sessions/{id}', { params: { path: { id } } });
      return done(words.ended);
    };
  }
  return (
    <FormDialog title={title} submit={submit} onSubmit={run} onClose={onClose} danger>
      <p>{text}</p>
    </FormDialog>
  );
}
