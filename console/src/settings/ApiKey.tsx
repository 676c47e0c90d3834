import { useParams } from 'react-router';
import { KeyPage } from '../keys/KeyPage';
import { t } from '../strings';
import { useKeys, useOwnKeys } from './keys-data';

/** One of a person's own keys. */
export function ApiKey() {
  const { id = '' } = useParams();
  const owner = useOwnKeys();
  return (
    <KeyPage
      id={id}
      owner={owner}
      query={useKeys()}
      back={{ to: '/settings/api-keys', label: t.keys.detail.back }}
    />
  );
}
