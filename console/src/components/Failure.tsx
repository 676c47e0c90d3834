import { useState } from 'react';
import { explain, wantsSignIn } from '../app/explain';
import { session } from '../session/instance';
import { t } from '../strings';
import { Button } from './Button';
import { Notice } from './States';

/** Why something was not done. Where a fresh password is all that it needs, with the way to one and back. */
export function Failure({ error }: { error: unknown }) {
  if (wantsSignIn(error)) return <SignInAgain />;
  return <Notice kind="danger">{explain(error)}</Notice>;
}

/** Signing in happens at whatever address a page has, so that it is there again afterwards. */
function SignInAgain() {
  const [failure, setFailure] = useState<unknown>(null);
  return (
    <>
      <Notice kind="danger">
        <div className="stack-small">
          <p>
            {t.common.errors.signInAgain} {t.common.errors.typedIsLost}
          </p>
          <div className="row">
            <Button small onPress={() => void session.signOut('again').catch(setFailure)}>
              {t.common.signInAgain}
            </Button>
          </div>
        </div>
      </Notice>
      {failure !== null && <Notice kind="danger">{explain(failure)}</Notice>}
    </>
  );
}
