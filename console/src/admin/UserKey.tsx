import { Link, useParams } from 'react-router';
import { Card, Page } from '../components/Page';
import { Loaded, Notice } from '../components/States';
import { Facts } from '../components/Text';
import { keyFacts, KeyBadges } from '../keys/KeyParts';
import { t } from '../strings';
import { KeyUsageCard } from '../usage/KeyUsageCard';
import { useKeysOf } from './usage-data';
import { OwnerLink } from './UsageNames';

const words = t.keys.detail;
const own = t.admin.usage;

/** A person's key, as an administrator sees it: what was done with it, and what it may do. */
export function UserKey() {
  const { id = '', key = '' } = useParams();
  const query = useKeysOf(id);
  const apiKey = query.data?.keys.find((one) => one.id === key);
  return (
    <Page
      title={apiKey?.name ?? t.keys.title}
      back={<Link to="/admin/usage">{own.title}</Link>}
      lead={apiKey && <KeyBadges apiKey={apiKey} />}
    >
      <Loaded query={query}>
        {({ owner, keys }) => (
          <>
            {!apiKey && <Notice>{own.detail.gone}</Notice>}
            <KeyUsageCard place={{ id: key, owner: { id, kind: 'human' } }} />
            <Card title={words.facts}>
              <Facts
                facts={[
                  { label: own.owner, value: <OwnerLink owner={owner} /> },
                  ...(apiKey === undefined
                    ? [{ label: words.id, value: <code className="wrap">{key}</code> }]
                    : keyFacts(apiKey, keys, own.detail)),
                ]}
              />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}
