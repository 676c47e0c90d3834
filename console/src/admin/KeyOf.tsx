import { Link, useParams } from 'react-router';
import { Card, Page } from '../components/Page';
import { Loaded, Notice } from '../components/States';
import { Facts } from '../components/Text';
import { keyFacts, KeyBadges } from '../keys/KeyParts';
import { t } from '../strings';
import type { Owner } from '../usage/key-usage';
import { KeyUsageCard } from '../usage/KeyUsageCard';
import { useKeysOf } from './usage-data';
import { OwnerLink } from './UsageNames';

const words = t.keys.detail;
const own = t.admin.usage;

export const KeyOfUser = () => <KeyOf kind="human" />;
export const KeyOfServiceAccount = () => <KeyOf kind="service_account" />;

/** A key of somebody else: what was done with it, and what it may do. */
function KeyOf({ kind }: Pick<Owner, 'kind'>) {
  const { id = '', key = '' } = useParams();
  const query = useKeysOf({ id, kind });
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
            <KeyUsageCard place={{ id: key, owner: { id, kind } }} />
            <Card title={words.facts}>
              <Facts
                facts={[
                  { label: own.owner, value: <OwnerLink owner={owner} /> },
                  ...(apiKey === undefined
                    ? [{ label: words.id, value: <code className="wrap">{key}</code> }]
                    : keyFacts(apiKey, keys).map((fact) =>
                        fact.label === words.spaces && apiKey.spaces === null
                          ? { ...fact, value: own.detail.allSpaces }
                          : fact,
                      )),
                ]}
              />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}
