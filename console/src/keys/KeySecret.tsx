import type { Schema } from '../api/client';
import { apiRoot } from '../api/root';
import { Secret, ShownOnce } from '../components/ShownOnce';
import { Notice } from '../components/States';
import { t } from '../strings';
import { curl } from './values';

const words = t.keys.secret;

/** Shows a key, this once. */
export function KeySecret({ apiKey, onClose }: { apiKey: Schema<'ApiKeyWithSecret'>; onClose: () => void }) {
  return (
    <ShownOnce
      title={<bdi>{words.titleFor(apiKey.name)}</bdi>}
      name={apiKey.name}
      words={words}
      onClose={onClose}
    >
      {(onCopy) => (
        <>
          <Notice kind="warning">{words.warning}</Notice>
          <Secret label={words.key} text={apiKey.key} onCopy={onCopy} />
          <Secret label={words.try} help={words.tryHelp} text={curl(apiRoot(), apiKey.key)} onCopy={onCopy} />
        </>
      )}
    </ShownOnce>
  );
}
