import { Outlet } from 'react-router';
import { Card, Page } from '../components/Page';
import { Denied } from '../components/States';
import { useKnownMe } from '../session/react';
import { t } from '../strings';

/** The API decides who may what. This only spares the others screens of refusals. */
export function AdminsOnly() {
  const me = useKnownMe();
  if (me.organization.role === 'admin') return <Outlet />;
  return (
    <Page title={t.common.administration} narrow>
      <Card>
        <Denied />
      </Card>
    </Page>
  );
}
