import { useNow } from '../app/now';
import { FormDialog } from '../components/Dialog';
import { Icon } from '../components/Icon';
import { Name } from '../components/Text';
import { t } from '../strings';
import { consequences, type Policy, tooOld } from './policy-form';
import { useOrganizationKeys } from './usage-data';

const words = t.admin.policy;
const SHOWN = 10;

/** Names what a change does at once, before it is made. */
export function PolicyReview({
  before,
  after,
  onSubmit,
  onClose,
}: {
  before: Policy;
  after: Policy;
  onSubmit: () => Promise<void>;
  onClose: () => void;
}) {
  const found = consequences(before, after);
  return (
    <FormDialog
      title={words.confirm.title}
      submit={words.confirm.submit}
      danger={found.some((one) => one.loss)}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      <p>{words.confirm.text}</p>
      <ul className="stack-small">
        {found.map((one) => (
          <li key={one.id} className={one.loss ? 'notice notice-warning' : 'notice'}>
            <Icon name={one.loss ? 'warning' : 'info'} />
            <div className="stack-small">
              <p>{one.text}</p>
              {one.id === 'ageShorter' && after.max_key_age_days !== null && (
                <TooOld days={after.max_key_age_days} />
              )}
            </div>
          </li>
        ))}
      </ul>
    </FormDialog>
  );
}

/** The keys that a limit of so many days refuses now. */
function TooOld({ days }: { days: number }) {
  const query = useOrganizationKeys();
  const now = useNow();
  if (!query.data) {
    return <p role="status">{query.isError ? words.tooOld.failed : words.tooOld.reading}</p>;
  }
  const { rows, complete } = query.data;
  const old = tooOld(rows, days, now);
  if (old.length === 0 && complete) return <p>{words.tooOld.none}</p>;
  return (
    <>
      <p>{complete ? words.tooOld.some(old.length) : words.tooOld.atLeast(old.length)}</p>
      <ul className="consequences">
        {old.slice(0, SHOWN).map((key) => (
          <li key={key.id}>
            <Name>{key.name}</Name> <span className="small">…{key.hint}</span>{' '}
            <bdi className="small wrap">{words.tooOld.ofUser(key.user.name)}</bdi>
          </li>
        ))}
        {old.length > SHOWN && <li>{words.tooOld.more(old.length - SHOWN)}</li>}
      </ul>
    </>
  );
}
