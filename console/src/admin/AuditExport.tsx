import { useEffect, useRef, useState } from 'react';
import { explain } from '../app/explain';
import { Button } from '../components/Button';
import { Dialog, DialogBody, DialogFoot } from '../components/Dialog';
import { Icon } from '../components/Icon';
import { Notice } from '../components/States';
import { t } from '../strings';
import { beginning, type Exported, readAll } from './audit-export';
import { type Filters, momentOf, queryOf } from './audit-query';

const words = t.admin.audit.export;
type Step =
  | { kind: 'asked' }
  | { kind: 'reading'; sofar: Exported }
  | { kind: 'failed'; sofar: Exported; error: unknown }
  | { kind: 'none' }
  | { kind: 'done'; events: number; url: string; file: string };

/**
 * Reads all that the filters let through and hands it to the browser as a file. The credential is in a header, which a
 * link cannot send, so the file is made here; its URL holds until the dialogue closes.
 */
export function AuditExport({ filters, onClose }: { filters: Filters; onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: 'asked' });
  const stop = useRef<AbortController | null>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const url = step.kind === 'done' ? step.url : null;

  useEffect(() => () => stop.current?.abort(), []);
  useEffect(() => {
    if (url === null) return undefined;
    link.current?.click();
    return () => URL.revokeObjectURL(url);
  }, [url]);

  const run = async (begun: Exported) => {
    const controller = new AbortController();
    stop.current = controller;
    let sofar = begun;
    setStep({ kind: 'reading', sofar });
    try {
      const { lines, events } = await readAll(begun, controller.signal, (more) => {
        sofar = more;
        setStep({ kind: 'reading', sofar });
      });
      if (events === 0) {
        setStep({ kind: 'none' });
        return;
      }
      const file = new Blob([...lines], { type: 'application/x-ndjson' });
      const day = momentOf(Date.now()).slice(0, 10);
      setStep({ kind: 'done', events, url: URL.createObjectURL(file), file: words.file(day) });
    } catch (error) {
      // Closed: nobody is there to be told.
      if (!controller.signal.aborted) setStep({ kind: 'failed', sofar, error });
    }
  };

  return (
    <Dialog title={words.title} onClose={onClose}>
      <DialogBody>
        <p>{words.text}</p>
        <p className="small soft">{words.secret}</p>
        <div role="status">
          {step.kind === 'reading' && <p>{words.read(step.sofar.events)}</p>}
          {step.kind === 'none' && <Notice>{words.none}</Notice>}
          {step.kind === 'done' && <Notice kind="good">{words.done(step.events)}</Notice>}
        </div>
        {step.kind === 'failed' && (
          <Notice kind="danger">
            {explain(step.error)} {words.stopped(step.sofar.events)}
          </Notice>
        )}
      </DialogBody>
      <DialogFoot>
        <Button onPress={onClose}>
          {step.kind === 'done' || step.kind === 'none' ? t.common.close : t.common.cancel}
        </Button>
        {step.kind === 'done' ? (
          <a ref={link} className="button button-primary" href={step.url} download={step.file}>
            <Icon name="download" size={16} />
            {words.save}
          </a>
        ) : (
          step.kind !== 'none' && (
            <Button
              kind="primary"
              icon="download"
              isPending={step.kind === 'reading'}
              onPress={() => {
                void run(step.kind === 'failed' ? step.sofar : beginning(queryOf(filters, Date.now())));
              }}
            >
              {step.kind === 'failed' ? words.goOn : words.start}
            </Button>
          )
        )}
      </DialogFoot>
    </Dialog>
  );
}
