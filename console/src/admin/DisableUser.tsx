import { api } from '../api/client';
import { useReread } from '../app/reread';
import { Changed } from '../components/Changed';
import { FormDialog } from '../components/Dialog';
import { Loaded, Notice } from '../components/States';
import { toast } from '../components/Toasts';
import { KeyList } from '../keys/KeyParts';
import { t } from '../strings';
import { type User, useAdministrationChanged } from './people-data';
import { orphaned, type OwnSpace, type Preview, sameStops, usePreview } from './user-data';

const words = t.admin.offboarding;
/** So many keys are named. */
const SHOWN = 8;

/**
 * Disables a user, and says before what stops. That is read when the dialogue opens and once more when it is
 * confirmed: what nobody has seen is not done.
 */
export function DisableUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { seen, shown, isReady, change, stillHolds } = useReread(usePreview(user.id, true), sameStops);
  const changed = useAdministrationChanged();
  const disable = async () => {
    if (!(await stillHolds())) return;
    await api.PATCH('/admin/users/{id}', { params: { path: { id: user.id } }, body: { disabled: true } });
    await changed();
    onClose();
    toast(words.disabled);
  };
  return (
    <FormDialog
      title={<bdi>{words.disableTitle(user.name)}</bdi>}
      submit={words.disable}
      danger
      isDisabled={!isReady || seen?.last_organization_admin === true}
      onClose={onClose}
      onSubmit={disable}
    >
      <p>{words.disableText}</p>
      <Loaded query={shown}>{(preview) => <Stops preview={preview} />}</Loaded>
      <Changed change={change}>{words.changed}</Changed>
    </FormDialog>
  );
}

function Stops({ preview }: { preview: Preview }) {
  if (preview.last_organization_admin) return <Notice kind="danger">{words.lastAdmin}</Notice>;
  return (
    <>
      <StoppingKeys preview={preview} />
      <Orphaned spaces={orphaned(preview)} />
    </>
  );
}

function StoppingKeys({ preview: { keys } }: { preview: Preview }) {
  if (keys.length === 0) return null;
  const rest = keys.length - SHOWN;
  return (
    <Notice kind="warning">
      <KeyList title={words.stops(keys.length)} keys={keys.slice(0, SHOWN).map((key) => key.api_key)} />
      {rest > 0 && <p>{words.others(rest)}</p>}
    </Notice>
  );
}

/** The spaces that lose their last Admin. */
export function Orphaned({ spaces }: { spaces: readonly OwnSpace[] }) {
  if (spaces.length === 0) return null;
  return (
    <Notice kind="warning">
      {words.lastOfSpaces(spaces.length)}
      <ul className="consequences">
        {spaces.map((space) => (
          <li key={space.id}>
            <bdi className="wrap">{space.name}</bdi>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
