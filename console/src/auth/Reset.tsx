import { useEffect, useState } from 'react';
import { openApi } from '../api/client';
import { refuses } from '../api/errors';
import { explain } from '../app/explain';
import { Button, LinkButton } from '../components/Button';
import { Notice } from '../components/States';
import { session } from '../session/instance';
import { t } from '../strings';
import { Gate } from './Gate';
import { isGood, NewPassword } from './NewPassword';
import { forgetResetToken, resetToken, takeResetToken } from './reset-token';

/** Sets a password by the link of a mail. */
export function Reset() {
  const words = t.auth.reset;
  const [token, setToken] = useState(resetToken);
  const [next, setNext] = useState('');
  const [repeated, setRepeated] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const [done, setDone] = useState(false);

  useEffect(() => {
    // Another link, opened where this page already was, changes the fragment only.
    const take = () => {
      takeResetToken();
      setToken(resetToken());
    };
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);

  const submit = async (text: string) => {
    setPending(true);
    setFailure(null);
    try {
      await openApi.POST('/auth/password/reset', { body: { token: text, password: next } });
      forgetResetToken();
      setDone(true);
      setNext('');
      setRepeated('');
      await session.leave();
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };

  if (done) {
    return (
      <Gate title={words.doneTitle}>
        <p role="status">{words.done}</p>
        <LinkButton kind="primary" wide to="/">
          {words.toSignIn}
        </LinkButton>
      </Gate>
    );
  }
  if (token === null || refuses(failure, 422, 'token')) {
    return (
      <Gate title={words.title}>
        <Notice kind="warning">{token === null ? words.noToken : words.refused}</Notice>
        <LinkButton wide to="/forgot">
          {words.again}
        </LinkButton>
      </Gate>
    );
  }
  return (
    <Gate title={words.title} lead={words.lead}>
      <form
        noValidate
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && isGood(next, repeated)) void submit(token);
        }}
      >
        <NewPassword
          value={next}
          onChange={setNext}
          repeated={repeated}
          onRepeatedChange={setRepeated}
          context={[]}
          autoFocus
        />
        {failure !== null && <Notice kind="danger">{explain(failure)}</Notice>}
        <Button type="submit" kind="primary" wide isPending={pending} isDisabled={!isGood(next, repeated)}>
          {words.submit}
        </Button>
      </form>
    </Gate>
  );
}
