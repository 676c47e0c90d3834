import { useState } from 'react';
import { api } from '../api/client';
import { refuses } from '../api/errors';
import { explain } from '../app/explain';
import { isGood, NewPassword } from '../auth/NewPassword';
import { Button } from '../components/Button';
import { PasswordField } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { Notice } from '../components/States';
import { toast } from '../components/Toasts';
import { useKnownMe } from '../session/react';
import { t } from '../strings';

const words = t.settings.password;

export function Password() {
  const me = useKnownMe();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeated, setRepeated] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const ready = current !== '' && isGood(next, repeated);
  const wrong = refuses(failure, 403, 'current_password');

  const submit = async () => {
    setPending(true);
    setFailure(null);
    try {
      await api.PUT('/users/me/password', { body: { current_password: current, new_password: next } });
      setCurrent('');
      setNext('');
      setRepeated('');
      toast(words.done);
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <Page title={words.title} lead={words.lead} narrow>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !pending) void submit();
        }}
      >
        <Card
          foot={
            <Button type="submit" kind="primary" isDisabled={!ready} isPending={pending}>
              {words.submit}
            </Button>
          }
        >
          <div className="stack">
            {/* For password managers, which file a password under an account. */}
            <input type="text" hidden name="username" autoComplete="username" value={me.email} readOnly />
            <PasswordField
              label={words.current}
              name="current-password"
              autoComplete="current-password"
              isRequired
              value={current}
              onChange={setCurrent}
              error={wrong ? words.wrong : null}
            />
            <NewPassword
              value={next}
              onChange={setNext}
              repeated={repeated}
              onRepeatedChange={setRepeated}
              context={[me.name, me.email, me.organization.name]}
            />
            {failure !== null && !wrong && <Notice kind="danger">{explain(failure)}</Notice>}
          </div>
        </Card>
      </form>
    </Page>
  );
}
