import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api/client';
import { sameIds, useReread } from '../app/reread';
import { Changed } from '../components/Changed';
import { FormDialog } from '../components/Dialog';
import { Checkbox, Select } from '../components/Fields';
import { Loaded, Notice } from '../components/States';
import { toast } from '../components/Toasts';
import { KeyList } from '../keys/KeyParts';
import { madeBy } from '../keys/values';
import { t } from '../strings';
import { type User, useAdministrationChanged, useServiceAccounts } from './people-data';
import { useSpaces } from './spaces-data';
import { differenceOf, lackingSpaces, MOST_ALONG, toldApart, type Stopping, useLiveKeys } from './user-data';

const words = t.admin.offboarding.move;
type Key = Stopping['api_key'];
const NOTHING = { loss: false, gain: false };

/** Gives a key to a service account: its secret stays, its permissions become the account's. */
export function MoveKey({ user, apiKey, onClose }: { user: User; apiKey: Key; onClose: () => void }) {
  const [to, setTo] = useState<string | null>(null);
  const [asked, setAsked] = useState(NOTHING);
  const [accepted, setAccepted] = useState(NOTHING);
  const [lacking, setLacking] = useState<string[]>([]);
  const changed = useAdministrationChanged();
  const goesAlong = (keys: readonly Key[]) => madeBy(apiKey.id, keys);
  const { seen, shown, isReady, change, stillHolds } = useReread(useLiveKeys(user.id), (before, now) =>
    sameIds(goesAlong(before), goesAlong(now)),
  );
  const along = goesAlong(seen ?? []);
  // What was accepted of one account says nothing of another.
  const choose = (account: string) => {
    setTo(account);
    setAsked(NOTHING);
    setAccepted(NOTHING);
    setLacking([]);
  };
  const move = async () => {
    if (to === null || !(await stillHolds())) return;
    try {
      await api.POST('/admin/users/{id}/api-keys/{key}/move', {
        params: { path: { id: user.id, key: apiKey.id } },
        body: { to, allow_loss: accepted.loss, allow_gain: accepted.gain },
      });
    } catch (error) {
      // What the account may less or more: the API names it, and it is for a person to accept.
      const difference = differenceOf(error);
      if (difference !== null) setAsked({ ...asked, [difference]: true });
      if (difference === 'loss') setLacking(lackingSpaces(error));
      throw error;
    }
    await changed();
    onClose();
    toast(words.done(along.length + 1));
  };
  return (
    <FormDialog
      title={<bdi>{words.title(apiKey.name)}</bdi>}
      submit={words.action}
      isDisabled={to === null || !isReady || along.length > MOST_ALONG}
      onClose={onClose}
      onSubmit={move}
    >
      <p>{words.text}</p>
      <Accounts to={to} onChoose={choose} />
      {along.length > MOST_ALONG && <Notice kind="danger">{words.tooMany(MOST_ALONG)}</Notice>}
      <Loaded query={shown}>{() => <KeyList title={words.along(along.length)} keys={along} />}</Loaded>
      <Changed change={change}>{words.changed}</Changed>
      {lacking.length > 0 && <Lacking slugs={lacking} />}
      {asked.loss && (
        <Checkbox isSelected={accepted.loss} onChange={(loss) => setAccepted({ ...accepted, loss })}>
          {words.loss}
        </Checkbox>
      )}
      {asked.gain && (
        <Checkbox isSelected={accepted.gain} onChange={(gain) => setAccepted({ ...accepted, gain })}>
          {words.gain}
        </Checkbox>
      )}
    </FormDialog>
  );
}

function Accounts({ to, onChoose }: { to: string | null; onChoose: (account: string) => void }) {
  const query = useServiceAccounts();
  return (
    <Loaded query={query}>
      {(accounts) => {
        const able = accounts.filter((account) => !account.disabled);
        return able.length === 0 ? (
          <Notice kind="warning">
            {words.noAccount} <Link to="/admin/service-accounts">{t.admin.accounts.title}</Link>
          </Notice>
        ) : (
          <>
            <Select
              label={words.to}
              placeholder={words.choose}
              value={to ?? ''}
              onChange={onChoose}
              options={toldApart(able)}
            />
            <p className="small">
              <Link to="/admin/service-accounts">{words.newAccount}</Link>
            </p>
          </>
        );
      }}
    </Loaded>
  );
}

/** The way to lose nothing: the account becomes a member of the spaces first. */
function Lacking({ slugs }: { slugs: readonly string[] }) {
  const spaces = useSpaces();
  return (
    <Notice kind="warning">
      {words.lacking}
      <ul className="consequences">
        {slugs.map((slug) => (
          <li key={slug}>
            <Link to={`/admin/spaces/${slug}`}>
              <bdi className="wrap">{spaces.data?.find((space) => space.slug === slug)?.name ?? slug}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
