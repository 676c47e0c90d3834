import { Button } from '../components/Button';
import { Card, Page } from '../components/Page';
import { Loaded } from '../components/States';
import { KeyTable } from '../keys/KeyTable';
import { useKeyActions } from '../keys/useKeyActions';
import { t } from '../strings';
import { useKeys, useOwnKeys } from './keys-data';

const words = t.keys;

export function ApiKeys() {
  const query = useKeys();
  const owner = useOwnKeys();
  const actions = useKeyActions(owner, query.data ?? [], (id) => `/settings/api-keys/${id}`);
  const generate = (
    <Button kind="primary" icon="plus" onPress={actions.create}>
      {words.generate}
    </Button>
  );
  return (
    <Page title={words.title} lead={words.lead} actions={generate}>
      <Card flush>
        <Loaded query={query}>{(keys) => <KeyTable owner={owner} keys={keys} menu={actions.menu} />}</Loaded>
      </Card>
      {actions.dialog}
    </Page>
  );
}
