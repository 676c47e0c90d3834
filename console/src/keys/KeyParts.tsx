import type { Schema } from '../api/client';
import { formatTime } from '../app/format';
import { useNow } from '../app/now';
import { Notice } from '../components/States';
import { Badge, Name } from '../components/Text';
import { t } from '../strings';
import { type KeyPlace, useKeyUsage, WEEK } from '../usage/key-usage';
import type { KeyOwner } from './owner';
import { expiryOf, lastUseOf } from './values';

type Key = Schema<'ApiKey'>;
const words = t.keys;

/** What is special about a key, in a few words each. */
export function KeyBadges({ apiKey }: { apiKey: Key }) {
  const expiry = expiryOf(apiKey, useNow());
  return (
    <>
      {apiKey.read_only && <Badge>{words.readOnly}</Badge>}
      {apiKey.spaces !== null && <Badge>{words.spacesBadge(apiKey.spaces.length)}</Badge>}
      {apiKey.allowed_addresses !== null && (
        <Badge>{words.addressesBadge(apiKey.allowed_addresses.length)}</Badge>
      )}
      {expiry === 'expired' && <Badge kind="danger">{words.expired}</Badge>}
      {expiry === 'soon' && <Badge kind="warning">{words.expiresSoon}</Badge>}
      {apiKey.previous_secret_expires_at !== null && <Badge kind="accent">{words.overlapping}</Badge>}
      {apiKey.moved_from !== null && <Badge kind="warning">{words.moved}</Badge>}
    </>
  );
}

/** In place of the badges of a key that was just revoked. */
export function RevokedBadge() {
  return <Badge kind="danger">{words.detail.revokedBadge}</Badge>;
}

/** Why the list of its owner has no such key, as far as that is known. */
export function KeyGone({ isRevoked }: { isRevoked: boolean }) {
  return <Notice>{isRevoked ? words.detail.revoked : words.detail.gone}</Notice>;
}

/** The facts of `Facts` about a key. */
export function keyFacts(
  apiKey: Key,
  keys: readonly Key[],
  owner: Pick<KeyOwner, 'allSpaces'>,
  place: KeyPlace,
) {
  const facts = words.detail;
  const maker = keys.find((key) => key.id === apiKey.created_by_key);
  return [
    { label: facts.access, value: apiKey.read_only ? facts.readOnly : facts.readWrite },
    { label: facts.spaces, value: apiKey.spaces?.join(', ') ?? owner.allSpaces ?? facts.allSpaces },
    { label: facts.addresses, value: apiKey.allowed_addresses?.join(', ') ?? facts.anyAddress },
    {
      label: facts.expires,
      value: apiKey.expires_at === null ? words.noExpiry : formatTime(apiKey.expires_at),
    },
    { label: facts.created, value: formatTime(apiKey.created_at) },
    ...(apiKey.created_by_key === null
      ? []
      : [{ label: facts.createdBy, value: <bdi>{maker?.name ?? apiKey.created_by_key}</bdi> }]),
    ...(apiKey.rotated_at === null ? [] : [{ label: facts.rotated, value: formatTime(apiKey.rotated_at) }]),
    ...(apiKey.previous_secret_expires_at === null
      ? []
      : [{ label: facts.previous, value: formatTime(apiKey.previous_secret_expires_at) }]),
    { label: facts.lastUsed, value: <LastUse apiKey={apiKey} place={place} /> },
    { label: facts.hint, value: <code>{apiKey.hint}</code> },
    { label: facts.id, value: <code>{apiKey.id}</code> },
  ];
}

/** By whichever was read later, the key or what is counted of it: the chart beside it shows no use that this denies. */
function LastUse({ apiKey, place }: { apiKey: Key; place: KeyPlace }) {
  const { data: counted } = useKeyUsage(place, ...WEEK);
  const at = lastUseOf(counted === undefined ? [apiKey] : [apiKey, counted]);
  return at === null ? words.notUsed : formatTime(at);
}

/** Keys that something else happens to as well; nothing where there are none. */
export function KeyList({ title, keys }: { title: string; keys: readonly Key[] }) {
  if (keys.length === 0) return null;
  return (
    <div className="stack-small">
      <p>{title}</p>
      <ul className="stack-small">
        {keys.map((key) => (
          <li key={key.id}>
            <Name>{key.name}</Name> <span className="small mono">…{key.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
