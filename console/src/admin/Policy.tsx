import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schema } from '../api/client';
import { statusOf } from '../api/errors';
import { explain } from '../app/explain';
import { Button } from '../components/Button';
import { Checkbox, TextArea, TextField } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { Loaded, Notice } from '../components/States';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { type Form, formOf, policyOf, tightened } from './policy-form';

type Rules = Schema<'Policy'>;
const words = t.admin.policy;
const key = ['admin', 'policy'] as const;

/** What holds for every session and key of the organization. */
export function Policy() {
  const query = useQuery({
    queryKey: key,
    // What is typed must not be replaced by what somebody else has just saved: saving says so.
    staleTime: Infinity,
    queryFn: async () => {
      const { data, response } = await api.GET('/admin/policy');
      const version = response.headers.get('ETag');
      if (data === undefined || version === null) throw new TypeError('a policy without a version');
      return { rules: data, version };
    },
  });
  return (
    <Page title={words.title} lead={words.lead} narrow>
      <Loaded query={query}>
        {({ rules, version }) => <Edit key={version} rules={rules} version={version} />}
      </Loaded>
    </Page>
  );
}

function Edit({ rules, version }: { rules: Rules; version: string }) {
  const client = useQueryClient();
  const [form, setForm] = useState<Form>(() => formOf(rules));
  const [failure, setFailure] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const set = (part: Partial<Form>) => setForm({ ...form, ...part });
  const wanted = policyOf(form);
  const consequences = wanted === null ? [] : tightened(rules, wanted);

  const save = async () => {
    if (wanted === null) return;
    setPending(true);
    setFailure(null);
    try {
      await api.PUT('/admin/policy', { params: { header: { 'If-Match': version } }, body: wanted });
      await client.invalidateQueries({ queryKey: key });
      toast(words.saved);
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void save();
      }}
    >
      <Card title={words.sessions}>
        <div className="stack">
          <TextField
            label={words.token}
            help={words.tokenHelp}
            value={form.token}
            onChange={(token) => set({ token })}
          />
          <TextField
            label={words.idle}
            help={words.idleHelp}
            value={form.idle}
            onChange={(idle) => set({ idle })}
          />
          <TextField
            label={words.absolute}
            help={words.absoluteHelp}
            value={form.absolute}
            onChange={(absolute) => set({ absolute })}
          />
        </div>
      </Card>
      <Card title={words.keys}>
        <div className="stack">
          <Checkbox isSelected={form.keys} onChange={(keys) => set({ keys })}>
            {words.keysAllowed}
          </Checkbox>
          <TextField
            label={words.age}
            help={words.ageHelp}
            value={form.age}
            onChange={(age) => set({ age })}
          />
        </div>
      </Card>
      <Card title={words.networks}>
        <TextArea
          label={words.addresses}
          help={words.addressesHelp}
          value={form.addresses}
          onChange={(addresses) => set({ addresses })}
        />
      </Card>
      {consequences.map((consequence) => (
        <Notice key={consequence} kind="warning">
          {words.consequences[consequence]}
        </Notice>
      ))}
      {failure !== null && (
        <Notice kind="danger">{statusOf(failure) === 412 ? words.changedMeanwhile : explain(failure)}</Notice>
      )}
      {statusOf(failure) === 412 && (
        <div className="row">
          <Button onPress={() => void client.invalidateQueries({ queryKey: key })}>{words.readAgain}</Button>
        </div>
      )}
      {wanted === null && <Notice kind="warning">{words.numbers}</Notice>}
      <div className="row">
        <Button type="submit" kind="primary" isPending={pending} isDisabled={wanted === null}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}
