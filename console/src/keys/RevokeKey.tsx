import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Schema } from '../api/client';
import { formatRelative } from '../app/format';
import { useNow } from '../app/now';
import { useReread } from '../app/reread';
import { Changed } from '../components/Changed';
import { FormDialog } from '../components/Dialog';
import { Loaded, Notice } from '../components/States';
import { t } from '../strings';
import { KeyList } from './KeyParts';
import type { KeyReading } from './owner';
import { madeBy, sameEnds } from './values';

type Key = Schema<'ApiKey'>;
type Props = { apiKey: Key; revoke: () => Promise<void>; onClose: () => void };
const words = t.keys.revoke;

/** Ends a key of those that are read so. */
export function RevokeOwnersKey({ keys, ...props }: Props & { keys: KeyReading }) {
  return <RevokeKey {...props} query={useQuery({ ...keys, refetchOnMount: 'always' })} />;
}

/**
 * Ends a key, and says before what ends with it. `query` reads all keys of its owner, anew when it is mounted: what
 * nobody has seen is not ended.
 */
export function RevokeKey({ apiKey, query, revoke, onClose }: Props & { query: UseQueryResult<Key[]> }) {
  const { seen, shown, isReady, change, stillHolds } = useReread(query, (before, now) =>
    sameEnds(apiKey.id, before, now),
  );
  const others = madeBy(apiKey.id, seen ?? []);
  return (
    <FormDialog
      title={<bdi>{words.title(apiKey.name)}</bdi>}
      submit={others.length === 0 ? words.submit : words.submitMany(others.length + 1)}
      isDisabled={!isReady}
      onSubmit={async () => {
        if (await stillHolds()) await revoke();
      }}
      onClose={onClose}
      danger
    >
      <p>{words.text}</p>
      <Loaded query={shown}>
        {(keys) => (
          <>
            <LastUse apiKey={keys.find((key) => key.id === apiKey.id) ?? apiKey} />
            <KeyList title={words.cascade(others.length)} keys={others} />
          </>
        )}
      </Loaded>
      <Changed change={change}>{words.changed}</Changed>
    </FormDialog>
  );
}

function LastUse({ apiKey: { last_used_at: at } }: { apiKey: Key }) {
  const now = useNow();
  if (at === null) return <p className="soft">{words.unused}</p>;
  return <Notice kind="warning">{words.inUse(formatRelative(at, now))}</Notice>;
}
