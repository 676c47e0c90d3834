import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import type { Schema } from '../api/client';
import { SignIn } from '../auth/SignIn';
import { Button } from '../components/Button';
import { EmptyState, ErrorState, Loading } from '../components/States';
import { session } from '../session/instance';
import { useMe, useSession } from '../session/react';
import { t } from '../strings';
import { Crashed } from './Crashed';
import { explain } from './explain';
import { loaded } from './gone';
import { useLeft } from './kept';
import { signOut } from './sign-out';

const words = t.common.unreachable;
type Frame = (me: Schema<'Me'>) => ReactNode;
// What only somebody who is signed in sees is loaded apart, while the API is asked or a password is typed. Without
// `Suspense`: React holds back for 300 ms what comes after a fallback, and would show one however early this is there.
let frame: Frame | null = null;
let framing: Promise<Frame> | null = null;
void framed();

/** It is asked for once more after a failure: a network that was gone for a moment is none for the page's life. */
function framed(): Promise<Frame> {
  framing ??= loaded<ComponentType<{ me: Schema<'Me'> }> | null>(
    async () => (await import('./Shell')).Shell,
    null,
  ).then((Shell) => {
    if (Shell !== null) return (frame = (me) => <Shell me={me} />);
    framing = null;
    return () => <Crashed />;
  });
  return framing;
}

function useFrame(): Frame | null {
  const [found, setFound] = useState(() => frame);
  useEffect(() => {
    void framed().then((it) => setFound(() => it));
  }, []);
  return found;
}

/**
 * What the session's state lets a person see. Signing in happens at whatever address was asked for, so that it is
 * still there afterwards.
 */
export function Root() {
  const state = useSession();
  const left = useLeft(state);
  if (left !== null) return left;
  switch (state.status) {
    case 'starting':
      return <Starting />;
    case 'unreachable':
      return (
        <main className="gate">
          <EmptyState
            icon="warning"
            title={state.error.status === 429 ? words.throttled : words.title}
            action={
              <Button kind="primary" onPress={() => void session.start()}>
                {t.common.retry}
              </Button>
            }
          >
            {words.text} {explain(state.error)}
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
  const around = useFrame();
  if (me.data) return around?.(me.data) ?? <Starting />;
  if (!me.isError) return <Starting />;
  return (
    <main className="gate">
      <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      <Button onPress={signOut}>{t.common.signOut}</Button>
    </main>
  );
}
