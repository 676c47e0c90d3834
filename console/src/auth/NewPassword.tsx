import { useEffect, useState } from 'react';
import { PasswordField } from '../components/Fields';
import { t } from '../strings';
import { characters, MAX_CHARACTERS, MIN_CHARACTERS, type Strength } from './strength-rules';

const words = t.auth.newPassword;

/** Whether a new password may be sent. Its strength is the API's to judge; ours is only shown. */
export function isGood(password: string, repeated: string): boolean {
  const length = characters(password);
  return length >= MIN_CHARACTERS && length <= MAX_CHARACTERS && password === repeated;
}

/** A new password, twice, and how hard it is to guess while it is typed. */
export function NewPassword({
  value,
  onChange,
  repeated,
  onRepeatedChange,
  context,
  autoFocus = false,
  error,
}: {
  value: string;
  onChange: (value: string) => void;
  repeated: string;
  onRepeatedChange: (value: string) => void;
  /** The person's own words: name, address, organization. */
  context: readonly string[];
  autoFocus?: boolean;
  error?: string | null;
}) {
  const length = characters(value);
  const mismatch = repeated !== '' && repeated.length >= value.length && repeated !== value;
  return (
    <>
      <div className="stack-small">
        <PasswordField
          label={words.label}
          name="new-password"
          autoComplete="new-password"
          isRequired
          autoFocus={autoFocus}
          value={value}
          onChange={onChange}
          help={words.rule}
          error={length > MAX_CHARACTERS ? words.tooLong : error}
        />
        <Meter password={value} context={context} />
      </div>
      <PasswordField
        label={words.repeat}
        name="repeat-password"
        autoComplete="new-password"
        isRequired
        value={repeated}
        onChange={onRepeatedChange}
        error={mismatch ? words.mismatch : null}
      />
    </>
  );
}

function Meter({ password, context }: { password: string; context: readonly string[] }) {
  const strength = useStrength(password, context);
  const missing = MIN_CHARACTERS - characters(password);
  let text: string = words.checking;
  if (missing > 0) text = words.left(missing);
  else if (strength !== null) text = words[strength.verdict];
  const level =
    password === '' ? 0 : missing > 0 ? Math.min(1, strength?.level ?? 1) : (strength?.level ?? 1);
  return (
    <div className="strength" data-level={level}>
      <div className="strength-bars" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <span key={bar} className={bar <= level ? 'strength-bar strength-bar-on' : 'strength-bar'} />
        ))}
      </div>
      <span className="small soft" role="status">
        <span className="hidden">{words.meter}: </span>
        {password === '' ? '' : text}
      </span>
    </div>
  );
}

/** The estimator and its words are loaded when a first character is typed: they are larger than the console. */
function useStrength(password: string, context: readonly string[]): Strength | null {
  const [strength, setStrength] = useState<Strength | null>(null);
  const own = context.join('\n');
  useEffect(() => {
    if (password === '') return undefined;
    let over = false;
    void import('./strength').then(
      ({ estimate }) => {
        const result = estimate(password, own.split('\n'));
        if (!over) setStrength(result);
      },
      // Without it, the API's judgement is what remains.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [password, own]);
  return password === '' ? null : strength;
}
