import { useState } from 'react';
import type { Schema } from '../api/client';
import { apiRoot } from '../api/root';
import { Button } from '../components/Button';
import { CopyButton } from '../components/Copy';
import { Dialog, DialogBody, DialogFoot } from '../components/Dialog';
import { Notice } from '../components/States';
import { t } from '../strings';
import { curl } from './values';

const words = t.keys.secret;

/**
 * Shows a key, this once. Who renders it holds the key in a component's state and lets go of it in `onClose`; it is
 * in no cache, no storage and no address. Closing asks once more unless the key was copied.
 */
export function KeySecret({ apiKey, onClose }: { apiKey: Schema<'ApiKeyWithSecret'>; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const line = curl(apiRoot(), apiKey.key);

  if (asking) {
    return (
      <Dialog title={words.closeTitle} onClose={() => setAsking(false)} role="alertdialog">
        <DialogBody>
          <p>{words.closeText}</p>
        </DialogBody>
        <DialogFoot>
          <Button onPress={onClose}>{words.closeAnyway}</Button>
          <Button kind="primary" autoFocus onPress={() => setAsking(false)}>
            {words.goBack}
          </Button>
        </DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={<bdi>{words.titleFor(apiKey.name)}</bdi>}
      wide
      onClose={() => {
        if (copied) onClose();
        else setAsking(true);
      }}
    >
      <DialogBody>
        <Notice kind="warning">{words.warning}</Notice>
        <Shown label={words.key} text={apiKey.key} onCopy={() => setCopied(true)} />
        <Shown label={words.try} help={words.tryHelp} text={line} onCopy={() => setCopied(true)} />
      </DialogBody>
      <DialogFoot>
        <Button
          kind="primary"
          onPress={() => {
            if (copied) onClose();
            else setAsking(true);
          }}
        >
          {words.done}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function Shown({
  label,
  help,
  text,
  onCopy,
}: {
  label: string;
  help?: string;
  text: string;
  onCopy: () => void;
}) {
  return (
    <div className="secret">
      <div className="secret-head">
        <h3>{label}</h3>
        <CopyButton text={text} label={label} onCopy={onCopy} />
      </div>
      {help !== undefined && <p className="small soft">{help}</p>}
      {/* Copied by hand, it is copied as well. */}
      <pre onCopy={onCopy}>{text}</pre>
    </div>
  );
}
