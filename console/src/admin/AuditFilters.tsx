import { type SubmitEvent, useState } from 'react';
import { Button } from '../components/Button';
import { Failure } from '../components/Failure';
import { Select, TextField } from '../components/Fields';
import { Card } from '../components/Page';
import { t } from '../strings';
import { personOf } from './audit-data';
import {
  actionText,
  actorOf,
  type Filters,
  idOf,
  type Known,
  localOf,
  momentOfLocal,
  NO_FILTERS,
  PERIODS,
  type Period,
  searchOf,
} from './audit-query';

const words = t.admin.audit.filters;
const periods = [...Object.keys(PERIODS), 'custom'] as Period[];

/** Every kind of action with those that are of it. */
const actions = Object.keys(t.admin.audit.kinds).flatMap((kind) => {
  const ofKind = Object.keys(t.admin.audit.actions).filter((action) => action.startsWith(kind));
  return ofKind.length > 1 ? [kind, ...ofKind] : ofKind;
});

type Wrong = Partial<Record<'from' | 'to' | 'actor' | 'target', string>>;

/** What is looked for. `filters` are those that hold; what is written holds once it is applied. */
export function AuditFilters({
  filters,
  known,
  onApply,
}: {
  filters: Filters;
  known: { people: readonly Known[]; all: readonly Known[] };
  onApply: (filters: Filters) => void;
}) {
  const wordOf = (id: string) => known.all.find((one) => one.id === id)?.word ?? id;
  const [period, setPeriod] = useState(filters.period);
  const [from, setFrom] = useState(localOf(filters.from));
  const [to, setTo] = useState(localOf(filters.to));
  // `null` is what holds, whose name may be known a moment later.
  const [actor, setActor] = useState<string | null>(null);
  const [target, setTarget] = useState<string | null>(null);
  const [action, setAction] = useState(filters.action);
  const [wrong, setWrong] = useState<Wrong>({});
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const apply = async () => {
    const next: Filters = { ...NO_FILTERS, period, action, actor: filters.actor, target: filters.target };
    const found: Wrong = {};
    if (actor !== null) {
      const id = actor.trim() === '' ? '' : (actorOf(actor, known.people) ?? (await personOf(actor)));
      if (id === null) found.actor = words.wrong.actor;
      else next.actor = id;
    }
    if (target !== null) {
      const id = target.trim() === '' ? '' : (idOf(target, known.all) ?? (await personOf(target)));
      if (id === null) found.target = words.wrong.target;
      else next.target = id;
    }
    if (period === 'custom') {
      next.from = momentOfLocal(from) ?? '';
      next.to = momentOfLocal(to) ?? '';
      if (next.from === '') found.from = words.wrong.time;
      if (next.to === '') found.to = words.wrong.time;
      else if (next.from >= next.to) found.to = words.wrong.order;
    }
    setWrong(found);
    if (Object.keys(found).length === 0) onApply(next);
  };
  return (
    <form
      noValidate
      aria-label={words.title}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        setPending(true);
        setFailure(null);
        apply()
          .catch(setFailure)
          .finally(() => setPending(false));
      }}
    >
      <Card>
        <div className="filters">
          <Select
            label={words.period}
            value={period}
            onChange={setPeriod}
            options={periods.map((value) => ({ value, label: words.periods[value] }))}
          />
          <Select
            label={words.action}
            value={action}
            onChange={setAction}
            options={[
              { value: '', label: words.anyAction },
              ...[...actions, ...(action === '' || actions.includes(action) ? [] : [action])].map(
                (value) => ({ value, label: actionText(value) }),
              ),
            ]}
          />
          <TextField
            label={words.actor}
            help={words.actorHelp}
            spellCheck="false"
            autoComplete="off"
            value={actor ?? wordOf(filters.actor)}
            onChange={setActor}
            error={wrong.actor}
          />
          <TextField
            label={words.target}
            help={words.targetHelp}
            spellCheck="false"
            autoComplete="off"
            value={target ?? wordOf(filters.target)}
            onChange={setTarget}
            error={wrong.target}
          />
          {period === 'custom' && (
            <>
              <TextField
                label={words.from}
                type="datetime-local"
                value={from}
                onChange={setFrom}
                error={wrong.from}
              />
              <TextField
                label={words.to}
                type="datetime-local"
                value={to}
                onChange={setTo}
                error={wrong.to}
              />
            </>
          )}
        </div>
        {failure !== null && <Failure error={failure} />}
        <div className="row row-end">
          {searchOf(filters).size > 0 && <Button onPress={() => onApply(NO_FILTERS)}>{words.clear}</Button>}
          <Button type="submit" kind="primary" icon="search" isPending={pending}>
            {words.apply}
          </Button>
        </div>
      </Card>
    </form>
  );
}
