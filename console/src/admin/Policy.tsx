import { type SubmitEvent, useState } from 'react';
import { statusOf } from '../api/errors';
import { explain } from '../app/explain';
import { Button } from '../components/Button';
import { Checkbox, Choice, RadioGroup, TextArea, TextField } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { Loaded, Notice } from '../components/States';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import '../styles/organization.css';
import { usePolicy, usePolicyWrites, type Versioned } from './policy-data';
import { type Form, formOf, isSame, policyOf, rebased, type Span } from './policy-form';
import { PolicyDifferences } from './PolicyDifferences';
import { PolicyReview } from './PolicyReview';

const words = t.admin.policy;

/** What sessions and API keys may do, and how that is changed. */
export function Policy() {
  const query = usePolicy();
  return (
    <Page title={words.title} lead={words.lead} narrow>
      <Loaded query={query}>{(current) => <PolicyForm current={current} />}</Loaded>
    </Page>
  );
}

/** What is being written, over the policy that its writer has seen. */
type Draft = { base: Versioned; form: Form };
type Said = { kind: 'warning' | 'danger' | 'info'; text: string; seen?: Policies };
/** What its writer had seen, and what somebody else made of it. */
type Policies = { before: Versioned; after: Versioned };

function PolicyForm({ current }: { current: Versioned }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [tried, setTried] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const [said, setSaid] = useState<Said | null>(null);
  const { write, reread } = usePolicyWrites();

  const base = draft?.base ?? current;
  const form = draft?.form ?? formOf(base.policy);
  const read = policyOf(form);
  const wanted = 'policy' in read ? read.policy : null;
  const wrong = tried && 'wrong' in read ? read.wrong : {};
  const changed = wanted === null || !isSame(base.policy, wanted);

  const set = (change: Partial<Form>) => {
    setDraft({ base, form: { ...form, ...change } });
  };
  const discard = () => {
    setDraft(null);
    setTried(false);
    setSaid(null);
  };

  const save = async () => {
    if (wanted === null) return;
    try {
      await write(wanted, base.etag);
    } catch (error) {
      // Without its version a policy cannot be saved at all, whatever is changed in it.
      if (statusOf(error) === 428) {
        setReviewing(false);
        setSaid({ kind: 'danger', text: explain(error) });
        return;
      }
      if (statusOf(error) !== 412) throw error;
      const fresh = await reread();
      const mine = rebased(base.policy, fresh.policy, form);
      const left = policyOf(mine);
      setReviewing(false);
      if ('policy' in left && isSame(left.policy, fresh.policy)) {
        setDraft(null);
        setSaid({ kind: 'info', text: words.outdatedSame });
      } else {
        setDraft({ base: fresh, form: mine });
        setSaid({ kind: 'warning', text: words.outdated, seen: { before: base, after: fresh } });
      }
      return;
    }
    setReviewing(false);
    discard();
    toast(words.done);
  };

  return (
    <>
      <form
        noValidate
        className="stack"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          setTried(true);
          if (wanted !== null && changed) setReviewing(true);
        }}
      >
        <div role="status">{said && <Notice kind={said.kind}>{said.text}</Notice>}</div>
        {said?.seen && <PolicyDifferences {...said.seen} mine={form} />}
        <Card title={words.sessions}>
          <div className="stack">
            <SpanField
              label={words.access}
              help={words.accessHelp}
              value={form.access}
              onChange={(access) => set({ access })}
              error={wrong.access}
            />
            <SpanField
              label={words.idle}
              help={words.idleHelp}
              value={form.idle}
              onChange={(idle) => set({ idle })}
              error={wrong.idle}
            />
            <SpanField
              label={words.absolute}
              help={words.absoluteHelp}
              value={form.absolute}
              onChange={(absolute) => set({ absolute })}
              error={wrong.absolute}
            />
          </div>
        </Card>
        <Card title={words.keys}>
          <div className="stack">
            <Checkbox isSelected={form.keys} onChange={(keys) => set({ keys })}>
              {words.keysAllowed}
            </Checkbox>
            <RadioGroup
              label={words.age}
              value={form.age}
              onChange={(age) => set({ age })}
              options={(['any', 'limited'] as const).map((value) => ({ value, label: words.ages[value] }))}
            />
            {form.age === 'limited' && (
              <TextField
                label={words.days}
                help={words.daysHelp}
                inputMode="numeric"
                autoComplete="off"
                isRequired
                value={form.days}
                onChange={(days) => set({ days })}
                error={wrong.days}
              />
            )}
          </div>
        </Card>
        <Card title={words.networks}>
          <div className="stack">
            <RadioGroup
              label={words.from}
              value={form.from}
              onChange={(from) => set({ from })}
              options={(['any', 'only'] as const).map((value) => ({ value, label: words.froms[value] }))}
            />
            {form.from === 'only' && (
              <TextArea
                label={words.list}
                help={words.listHelp}
                spellCheck="false"
                isRequired
                value={form.networks}
                onChange={(networks) => set({ networks })}
                error={wrong.networks}
              />
            )}
          </div>
        </Card>
        <div className="row row-end">
          {!changed && <span className="soft small">{words.unchanged}</span>}
          {draft && changed && <Button onPress={discard}>{words.discard}</Button>}
          <Button type="submit" kind="primary" isDisabled={!changed}>
            {words.review}
          </Button>
        </div>
      </form>
      {reviewing && wanted && (
        <PolicyReview
          before={base.policy}
          after={wanted}
          onClose={() => setReviewing(false)}
          onSubmit={save}
        />
      )}
    </>
  );
}

/** A length of time: a number and its unit. */
function SpanField({
  label,
  help,
  value,
  onChange,
  error,
}: {
  label: string;
  help: string;
  value: Span;
  onChange: (span: Span) => void;
  error: string | undefined;
}) {
  return (
    <div className="span-field">
      <TextField
        label={label}
        help={help}
        inputMode="numeric"
        autoComplete="off"
        isRequired
        value={value.amount}
        onChange={(amount) => onChange({ ...value, amount })}
        error={error}
      />
      <Choice
        label={words.unitOf(label)}
        words={words.units}
        value={value.unit}
        onChange={(unit) => onChange({ ...value, unit })}
      />
    </div>
  );
}
