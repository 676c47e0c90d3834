import { type ReactNode, useMemo, useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { Link } from 'react-router';
import { mayBeDone } from '../api/errors';
import { Button } from '../components/Button';
import { Failure } from '../components/Failure';
import { TextArea } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, Notice } from '../components/States';
import { Badge, Name } from '../components/Text';
import { useHeadingAfter } from '../components/useHeadingAfter';
import { t } from '../strings';
import { importAll, type Result, sender } from './import-data';
import { decoded, MOST_BYTES, type Read, readRows } from './import-rows';
import { ImportPreview, ImportResults, ImportSummary } from './ImportTables';
import { useAdministrationChanged } from './people-data';

const words = t.admin.imports;

/** What was typed, or read from a file; and what is wrong with the file, if it could not be. */
type Source = { text: string; file: string | null; problem: string | null };
const NOTHING: Source = { text: '', file: null, problem: null };
/** What is sent, or was: it outlives the text, which may hold hashes of passwords. */
type Run = {
  read: Read;
  results: readonly Result[];
  /** The row to go on from; `null` at the end. */
  next: number | null;
  sending: boolean;
  failure: unknown;
};

/** Many users from a file: what is in it, before anything is sent, and what became of each row. */
export function Import() {
  const [source, setSource] = useState(NOTHING);
  const [run, setRun] = useState<Run | null>(null);
  const read = useMemo(() => readRows(source.text), [source.text]);
  const changed = useAdministrationChanged();

  const send = async (from: number) => {
    let now: Run = {
      read,
      results: from === 1 ? [] : (run?.results ?? []),
      next: from,
      sending: true,
      failure: null,
    };
    const show = (change: Partial<Run>) => {
      now = { ...now, ...change };
      setRun(now);
    };
    show({});
    try {
      await importAll(sender(source.text, read.format), from, (results, next) =>
        show({ results: [...now.results, ...results], next }),
      );
      setSource(NOTHING);
    } catch (failure) {
      show({ failure });
    } finally {
      show({ sending: false });
      await changed();
    }
  };
  const clear = () => {
    setSource(NOTHING);
    setRun(null);
  };

  return (
    <Page title={words.title} lead={words.lead} back={<Link to="/admin/users">{words.back}</Link>}>
      {run === null ? (
        <>
          <SourceCard source={source} onChange={setSource} />
          <PreviewCard read={read} onSend={() => void send(1)} onClear={clear} />
        </>
      ) : (
        <RunCard run={run} onGoOn={(from) => void send(from)} onClose={() => setRun(null)} />
      )}
    </Page>
  );
}

function SourceCard({ source, onChange }: { source: Source; onChange: (source: Source) => void }) {
  const choose = async (files: FileList | null) => {
    const file = files?.item(0);
    if (!file) return;
    const fail = (problem: string) => onChange({ text: '', file: file.name, problem });
    if (file.size > MOST_BYTES) {
      fail(words.problems.tooLarge);
      return;
    }
    const text = decoded(await file.arrayBuffer());
    if (text === null) fail(words.problems.notUtf8);
    else onChange({ text, file: file.name, problem: null });
  };
  return (
    <Card
      title={words.source}
      actions={
        <FileTrigger
          acceptedFileTypes={['.csv', '.jsonl', '.ndjson', '.json', 'text/csv', 'application/x-ndjson']}
          onSelect={(files) => void choose(files)}
        >
          <Button>{words.file}</Button>
        </FileTrigger>
      }
    >
      <div className="stack">
        {source.file !== null && (
          <p role="status">
            <Name>{words.chosen(source.file)}</Name>
          </p>
        )}
        {source.problem !== null && <Notice kind="danger">{source.problem}</Notice>}
        <TextArea
          label={words.text}
          help={words.textHelp}
          spellCheck="false"
          autoComplete="off"
          value={source.text}
          onChange={(text) => onChange({ text, file: null, problem: null })}
        />
      </div>
    </Card>
  );
}

function PreviewCard({ read, onSend, onClear }: { read: Read; onSend: () => void; onClear: () => void }) {
  const bad = read.rows.filter((row) => row.problem !== null).length;
  const good = read.rows.length - bad;
  const isEmpty = read.rows.length === 0 && read.problem === null;
  return (
    <Card
      flush
      title={words.preview}
      {...(!isEmpty && { actions: <Badge>{words.formats[read.format]}</Badge> })}
      {...(!isEmpty && {
        foot: (
          <Foot>
            <Button onPress={onClear}>{words.clear}</Button>
            <Button kind="primary" isDisabled={read.problem !== null || good === 0} onPress={onSend}>
              {words.submit(read.rows.length)}
            </Button>
          </Foot>
        ),
      })}
    >
      {isEmpty ? (
        <EmptyState icon="users" title={words.empty}>
          {words.emptyText}
        </EmptyState>
      ) : (
        <>
          <div className="card-note">
            {read.problem === null ? (
              <Notice kind={bad === 0 ? 'good' : 'warning'}>{words.ready(good, bad)}</Notice>
            ) : (
              <Notice kind="danger">{read.problem}</Notice>
            )}
          </div>
          {read.rows.length > 0 && <ImportPreview rows={read.rows} />}
        </>
      )}
    </Card>
  );
}

function RunCard({
  run,
  onGoOn,
  onClose,
}: {
  run: Run;
  onGoOn: (from: number) => void;
  onClose: () => void;
}) {
  const { read, results, next, sending, failure } = run;
  return (
    <Card
      flush
      title={words.results}
      foot={
        <Foot>
          {next !== null && <GoOn from={next} sending={sending} onGoOn={onGoOn} />}
          {!sending && <Button onPress={onClose}>{next === null ? words.clear : words.change}</Button>}
        </Foot>
      }
    >
      <div className="card-note stack">
        {sending && <p role="status">{words.sending(results.length, read.rows.length)}</p>}
        {failure !== null && (
          <>
            <Failure error={failure} />
            {(results.length > 0 || mayBeDone(failure)) && <p>{words.stopped}</p>}
          </>
        )}
        {next === null && <ImportSummary results={results} read={read} />}
      </div>
      {results.length > 0 && <ImportResults results={results} rows={read.rows} />}
    </Card>
  );
}

/** What is pressed here may take it away: the focus is then at the page's heading. */
function Foot({ children }: { children: ReactNode }) {
  useHeadingAfter();
  return children;
}

/** Gone when all is done: the focus of who pressed it is then at the page's heading. */
function GoOn({ from, sending, onGoOn }: { from: number; sending: boolean; onGoOn: (from: number) => void }) {
  useHeadingAfter();
  return (
    <Button kind="primary" isPending={sending} onPress={() => onGoOn(from)}>
      {words.goOn(from)}
    </Button>
  );
}
