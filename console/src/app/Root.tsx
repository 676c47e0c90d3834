import { lazy, Suspense } from 'react';
import { SignIn } from '../auth/SignIn';
import { Button } from '../components/Button';
import { EmptyState, ErrorState, Loading } from '../components/States';
import { session } from '../session/instance';
import { useMe, useSession } from '../session/react';
import { t } from '../strings';
import { signOut } from './sign-out';

// What only somebody who is signed in sees is loaded apart, while the API is asked or a password is typed.
const shell = import('./Shell');
const Shell = lazy(async () => ({ default: (await shell).Shell }));

/**
 * What the session's state lets a person see. Signing in happens at whatever address was asked for, so that it is
 * still there afterwards.
 */
export function Root() {
  const state = useSession();
  switch (state.status) {
    case 'starting':
      return <Starting />;
    case 'unreachable':
      return (
        <main className="gate">
          <EmptyState
            icon="warning"
            title={t.common.unreachable.title}
            action={
              <Button kind="primary" onPress={() => void session.start()}>
                {t.common.retry}
              </Button>
            }
          >
            {t.common.unreachable.text}
          </EmptyState>
        </main>
      );
    case 'signed_out':
      return <SignIn reason={state.reason} />;
    case 'signed_in':
      return <SignedIn key={state.generation} />;
  }
}

/** Before it is known whether somebody is signed in, and while a first screen is loaded. */
export function Starting() {
  return (
    <main className="gate">
      <Loading lines={3} />
    </main>
  );
}

function SignedIn() {
  const me = useMe();
  if (me.data) {
    return (
      <Suspense fallback={<Starting />}>
        <Shell me={me.data} />
      </Suspense>
    );
  }
  if (!me.isError) return <Starting />;
  return (
    <main className="gate">
      <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      <Button onPress={signOut}>{t.common.signOut}</Button>
    </main>
  );
}
