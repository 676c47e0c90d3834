import type { Schema } from '../api/client';
import { formatRelative } from '../app/format';
import { useNow } from '../app/now';
import { Notice } from '../components/States';
import { KeyList } from '../keys/KeyParts';
import { lastUseOf, liveKeys } from '../keys/values';
import { t } from '../strings';

const words = t.admin.accounts.disable;

/** The live keys that stop with something else, and when one of them was last used. */
export function StoppingKeys({ keys }: { keys: readonly Schema<'ApiKey'>[] }) {
  const now = useNow();
  const live = liveKeys(keys, now);
  const lastUse = lastUseOf(live);
  if (live.length === 0) return <p className="soft">{words.nothing}</p>;
  return (
    <>
      <KeyList title={words.stops(live.length)} keys={live} />
      {lastUse !== null && <Notice kind="warning">{words.inUse(formatRelative(lastUse, now))}</Notice>}
    </>
  );
}
