import { useEffect, useEffectEvent, useState } from 'react';
import { Link } from 'react-router';
import { ApiError, statusOf } from '../api/errors';
import { explain } from '../app/explain';
import { Button } from '../components/Button';
import { PasswordField, TextField } from '../components/Fields';
import { Notice } from '../components/States';
import { session } from '../session/instance';
import type { SignedOutReason } from '../session/session';
import { t } from '../strings';
import { FirstPassword } from './FirstPassword';
import { Gate } from './Gate';

const words = t.auth.signIn;

export function SignIn({ reason }: { reason: SignedOutReason }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const [first, setFirst] = useState(false);
  const wait = useCountdown(failure, () => setFailure(null));

  const back = () => {
    setFirst(false);
    setPassword('');
  };
  if (first) return <FirstPassword current={password} email={email.trim()} onBack={back} />;

  const submit = async () => {
    setPending(true);
    setFailure(null);
    try {
      if ((await session.signIn(email.trim(), password)) === 'first_password') setFirst(true);
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <Gate title={words.title} lead={words.lead}>
      {failure === null && reason === 'ended' && <Notice>{words.ended}</Notice>}
      {failure === null && reason === 'again' && <Notice>{words.again}</Notice>}
      {failure === null && reason === 'signed_out' && <Notice kind="good">{words.signedOut}</Notice>}
      <form
        noValidate
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && wait === 0 && email.trim() !== '' && password !== '') void submit();
        }}
      >
        <TextField
          label={words.email}
          type="email"
          name="email"
          autoComplete="username"
          autoFocus
          isRequired
          value={email}
          onChange={setEmail}
        />
        <PasswordField
          label={words.password}
          name="password"
          autoComplete="current-password"
          isRequired
          value={password}
          onChange={setPassword}
        />
        {failure !== null && <Failure error={failure} wait={wait} />}
        <Button
          type="submit"
          kind="primary"
          wide
          isPending={pending}
          isDisabled={wait > 0 || email.trim() === '' || password === ''}
        >
          {words.submit}
        </Button>
        <p className="small row row-end">
          <Link to="/forgot">{words.forgot}</Link>
        </p>
      </form>
    </Gate>
  );
}

function Failure({ error, wait }: { error: unknown; wait: number }) {
  if (statusOf(error) === 401) {
    return (
      <Notice kind="danger">
        {words.wrong} {words.disabledHint}
      </Notice>
    );
  }
  if (statusOf(error) === 429) {
    return (
      // Read out when it comes, and not with every second that passes.
      <div role="status" aria-relevant="additions">
        <Notice kind="warning">{t.common.errors.throttled(wait > 0 ? wait : null)}</Notice>
      </div>
    );
  }
  return <Notice kind="danger">{explain(error)}</Notice>;
}

/** The seconds of `Retry-After` that are left; `onOver` when they have passed. */
function useCountdown(failure: unknown, onOver: () => void): number {
  const [left, setLeft] = useState(0);
  const over = useEffectEvent(onOver);
  useEffect(() => {
    const seconds = failure instanceof ApiError && failure.status === 429 ? (failure.retryAfter ?? 0) : 0;
    const until = Date.now() + seconds * 1000;
    const tick = () => {
      const now = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(now);
      if (seconds > 0 && now === 0) over();
    };
    tick();
    if (seconds === 0) return undefined;
    const timer = window.setInterval(tick, 500);
    return () => window.clearInterval(timer);
  }, [failure]);
  return left;
}
