import { useParams } from 'react-router';
import { KeyPage } from '../keys/KeyPage';
import { t } from '../strings';
import { useAccount, useAccountKeys, useAccountOwner } from './accounts-data';

/** One key of a service account. */
export function AccountKey() {
  const { id = '', key = '' } = useParams();
  const account = useAccount(id);
  const { owner } = useAccountOwner(id);
  const back = { to: `/admin/service-accounts/${id}`, label: account.data?.name ?? t.keys.detail.back };
  return <KeyPage id={key} owner={owner} query={useAccountKeys(id)} back={back} />;
}
