import { useState } from 'react';
import { statusOf } from '../api/errors';
import { explain } from '../app/explain';
import { Button } from '../components/Button';
import { Notice } from '../components/States';
import { session } from '../session/instance';
import { t } from '../strings';
import { Gate } from './Gate';
import { NewPassword, isGood } from './NewPassword';

/** The session of a password that was made for somebody can do one thing: replace it. */
export function FirstPassword({
  current,
  email,
  onBack,
}: {
  current: string;
  email: string;
  /** To signing in: this session is a short one, and then the only way on. */
  onBack: () => void;
}) {
  const [next, setNext] = useState('');
  const [repeated, setRepeated] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const words = t.auth.first;

  const submit = async () => {
    setPending(true);
    setFailure(null);
    try {
      await session.replaceFirstPassword(current, next);
    } catch (error) {
      setFailure(error);
      setPending(false);
    }
  };

  return (
    <Gate
      title={words.title}
      lead={words.lead}
      foot={
        <Button kind="quiet" onPress={onBack}>
          {t.auth.forgot.back}
        </Button>
      }
    >
      <form
        noValidate
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && isGood(next, repeated)) void submit();
        }}
      >
        <input type="text" hidden name="username" autoComplete="username" value={email} readOnly />
        <NewPassword
          value={next}
          onChange={setNext}
          repeated={repeated}
          onRepeatedChange={setRepeated}
          context={[email]}
          autoFocus
        />
        {failure !== null && (
          <Notice kind="danger">{statusOf(failure) === 401 ? words.over : explain(failure)}</Notice>
        )}
        <Button type="submit" kind="primary" wide isPending={pending} isDisabled={!isGood(next, repeated)}>
          {words.submit}
        </Button>
      </form>
    </Gate>
  );
}
