import { LinkButton } from '../components/Button';
import { Card, Page } from '../components/Page';
import { EmptyState } from '../components/States';
import { t } from '../strings';

export function NotFound() {
  const words = t.common.notFound;
  return (
    <Page title={words.title} narrow>
      <Card>
        <EmptyState
          icon="search"
          title={words.title}
          action={<LinkButton to="/">{t.common.backHome}</LinkButton>}
        >
          {words.text}
        </EmptyState>
      </Card>
    </Page>
  );
}
