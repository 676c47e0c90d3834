import { useState } from 'react';
import { useDelayedText } from '../app/delayed';
import { FormDialog } from '../components/Dialog';
import { RadioGroup, TextField } from '../components/Fields';
import { ErrorState, Loading } from '../components/States';
import { Badge } from '../components/Text';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { type User, useServiceAccounts, useUsers } from './people-data';
import { type Member, matching, putMember, type Role, roleOptions, useSpacesChanged } from './spaces-data';

const words = t.admin.spaces.members;
/** More than these are not looked through; a longer text finds fewer. */
const SHOWN = 8;

export function AddMember({
  slug,
  members,
  onClose,
}: {
  slug: string;
  members: readonly Member[];
  onClose: () => void;
}) {
  const [user, setUser] = useState<User | null>(null);
  const [role, setRole] = useState<Role>('viewer');
  const [tried, setTried] = useState(false);
  const changed = useSpacesChanged();
  return (
    <FormDialog
      title={words.add.title}
      submit={words.add.action}
      onClose={onClose}
      onSubmit={async () => {
        setTried(true);
        if (!user) return;
        await putMember(slug, user.id, role);
        await changed();
        onClose();
        toast(words.add.done(user.name));
      }}
    >
      <Choose members={members} chosen={user} onChoose={setUser} error={tried && !user} />
      <RadioGroup label={words.add.role} value={role} onChange={setRole} options={roleOptions} />
    </FormDialog>
  );
}

/** People are looked for by the API, of whom there may be many; service accounts are all here. */
function Choose({
  members,
  chosen,
  onChoose,
  error,
}: {
  members: readonly Member[];
  chosen: User | null;
  onChoose: (user: User | null) => void;
  error: boolean;
}) {
  const [asked, setAsked] = useState('');
  const [text, setText] = useDelayedText(asked, setAsked);
  const users = useUsers(asked);
  const accounts = useServiceAccounts();
  const inside = new Set(members.map((member) => member.user.id));
  const people = users.data?.pages.flatMap((page) => page.users) ?? [];
  const found = [...people, ...matching(accounts.data ?? [], asked)].filter((one) => !inside.has(one.id));
  const shown = found.slice(0, SHOWN);
  // Whoever was chosen stays in sight while somebody looks for another.
  if (chosen && !shown.some((one) => one.id === chosen.id)) shown.push(chosen);
  const isMore = users.hasNextPage || found.length > SHOWN;
  const failed = [users, accounts].find((query) => query.isError && query.data === undefined);

  let list = <Loading lines={3} />;
  if (failed) {
    const again = () => {
      void users.refetch();
      void accounts.refetch();
    };
    list = <ErrorState error={failed.error} onRetry={again} />;
  } else if (users.data && accounts.data) {
    const none = asked.trim() === '' ? words.add.all : words.add.nobody;
    list =
      shown.length === 0 ? (
        <p className="soft" role="status">
          {isMore ? words.add.insiders : none}
        </p>
      ) : (
        <div aria-busy={users.isPlaceholderData}>
          <RadioGroup
            label={words.add.who}
            value={chosen?.id ?? ''}
            onChange={(id) => onChoose(shown.find((one) => one.id === id) ?? null)}
            error={error ? words.add.choose : null}
            help={isMore ? words.add.more : undefined}
            options={shown.map((one) => ({ value: one.id, label: <Person user={one} /> }))}
          />
        </div>
      );
  }
  return (
    <>
      <TextField
        label={words.add.find}
        help={words.add.findHelp}
        autoFocus
        spellCheck="false"
        autoComplete="off"
        value={text}
        onChange={setText}
      />
      {list}
    </>
  );
}

function Person({ user }: { user: User }) {
  return (
    <span className="row badges">
      <bdi className="wrap">{user.name}</bdi>
      {user.kind === 'service_account' ? (
        <Badge>{words.serviceAccount}</Badge>
      ) : (
        <bdi className="soft small wrap">{user.email}</bdi>
      )}
      {user.disabled && <Badge kind="danger">{words.disabled}</Badge>}
    </span>
  );
}
