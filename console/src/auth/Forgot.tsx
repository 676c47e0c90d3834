import { useState } from 'react';
import { Link } from 'react-router';
import { openApi } from '../api/client';
import { explain } from '../app/explain';
import { Button } from '../components/Button';
import { TextField } from '../components/Fields';
import { Notice } from '../components/States';
import { t } from '../strings';
import { Gate } from './Gate';

/** Asks for a link. The answer is the same whether or not the address has an account. */
export function Forgot() {
  const words = t.auth.forgot;
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const back = <Link to="/">{words.back}</Link>;

  const submit = async () => {
    setPending(true);
    setFailure(null);
    try {
      await openApi.POST('/auth/password/forgot', { body: { email: email.trim() } });
      setSent(true);
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };

  if (sent) {
    return (
      <Gate title={words.sentTitle} foot={back}>
        <p className="wrap" role="status">
          {words.sent(email.trim())}
        </p>
        <p className="soft small">{words.noMail}</p>
      </Gate>
    );
  }
  return (
    <Gate title={words.title} lead={words.lead} foot={back}>
      <form
        noValidate
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && email.trim() !== '') void submit();
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
        {failure !== null && <Notice kind="danger">{explain(failure)}</Notice>}
        <Button type="submit" kind="primary" wide isPending={pending} isDisabled={email.trim() === ''}>
          {words.submit}
        </Button>
      </form>
    </Gate>
  );
}
