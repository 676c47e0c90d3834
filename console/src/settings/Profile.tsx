import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { api, body } from '../api/client';
import { readAnew } from '../app/anew';
import { explain } from '../app/explain';
import { lineError, NAME_LIMIT, writtenError } from '../app/line';
import { Button } from '../components/Button';
import { TextField } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Badge, Facts, Name } from '../components/Text';
import { toast } from '../components/Toasts';
import { meKey, useKnownMe } from '../session/react';
import { t } from '../strings';

const words = t.settings.profile;

export function Profile() {
  const me = useKnownMe();
  const client = useQueryClient();
  const [name, setName] = useState(me.name);
  const rename = useMutation({
    mutationFn: (next: string) => body(api.PATCH('/users/me', { body: { name: next } })),
    onSuccess: async () => {
      await readAnew(client, { queryKey: meKey });
      toast(words.saved);
    },
  });
  const changed = name.trim() !== me.name && lineError(name, NAME_LIMIT) === null;

  return (
    <Page title={words.title} lead={words.lead} narrow>
      <form
        noValidate
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          if (changed && !rename.isPending) rename.mutate(name.trim());
        }}
      >
        <Card
          title={words.about}
          foot={
            <Button type="submit" kind="primary" isDisabled={!changed} isPending={rename.isPending}>
              {t.common.save}
            </Button>
          }
        >
          <div className="stack">
            <TextField
              label={words.name}
              help={words.nameHelp}
              autoComplete="name"
              isRequired
              value={name}
              onChange={setName}
              error={writtenError(name, NAME_LIMIT)}
            />
            {rename.isError && <Notice kind="danger">{explain(rename.error)}</Notice>}
            <Facts
              facts={[
                { label: words.email, value: <bdi>{me.email}</bdi> },
                { label: words.organization, value: <Name>{me.organization.name}</Name> },
                { label: words.role, value: words.roles[me.organization.role] },
              ]}
            />
          </div>
        </Card>
      </form>
      <Card title={words.spaces} flush>
        {me.spaces.length === 0 ? (
          <EmptyState icon="spaces" title={words.spacesEmpty}>
            {me.organization.role === 'admin' ? words.adminEverywhere : words.spacesEmptyText}
          </EmptyState>
        ) : (
          <Table
            label={words.spaces}
            rows={me.spaces}
            rowKey={(space) => space.id}
            columns={[
              { id: 'name', label: words.space, cell: (space) => <Name>{space.name}</Name> },
              { id: 'slug', label: words.slug, cell: (space) => <code>{space.slug}</code> },
              {
                id: 'role',
                label: words.spaceRole,
                cell: (space) => <Badge>{words.spaceRoles[space.role]}</Badge>,
              },
            ]}
          />
        )}
      </Card>
    </Page>
  );
}
