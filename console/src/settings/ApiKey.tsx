import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '../api/errors';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { ErrorState, Loaded } from '../components/States';
import { Facts } from '../components/Text';
import { keyFacts, KeyBadges } from '../keys/KeyParts';
import { t } from '../strings';
import { KeyUsageCard } from '../usage/KeyUsageCard';
import { useKeys } from './keys-data';
import { useKeyActions } from './useKeyActions';

const words = t.keys.detail;

/** One key: what it may do, and what was done with it. */
export function ApiKey() {
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const query = useKeys();
  const keys = query.data ?? [];
  const apiKey = keys.find((key) => key.id === id);
  const actions = useKeyActions(keys, () => void navigate('/settings/api-keys'));

  return (
    <Page
      title={apiKey?.name ?? t.keys.title}
      back={<Link to="/settings/api-keys">{words.back}</Link>}
      lead={apiKey && <KeyBadges apiKey={apiKey} />}
      actions={apiKey && <RowMenu name={apiKey.name} actions={actions.menu(apiKey)} />}
    >
      <Loaded query={query}>
        {() =>
          apiKey === undefined ? (
            <Card>
              <ErrorState error={new ApiError(404, '')} />
            </Card>
          ) : (
            <>
              <KeyUsageCard place={{ id }} />
              <Card title={words.facts}>
                <Facts facts={keyFacts(apiKey, keys)} />
              </Card>
            </>
          )
        }
      </Loaded>
      {actions.dialog}
    </Page>
  );
}
