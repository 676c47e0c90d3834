import { Name } from '../components/Text';
import { t } from '../strings';
import type { Known } from './audit-query';

/** What an id is called, or the id itself: what was deleted has no name any more. */
export function Target({ id, known }: { id: string; known: readonly Known[] }) {
  const found = known.find((one) => one.id === id);
  return found ? (
    <span title={id}>
      <Name>{found.name}</Name>
    </span>
  ) : (
    <code className="wrap">{id}</code>
  );
}

export function Actor({ id, known }: { id: string; known: readonly Known[] }) {
  if (id === 'system') return <span className="soft">{t.admin.audit.system}</span>;
  if (id === 'unknown') return <span className="soft">{t.admin.audit.unknown}</span>;
  return <Target id={id} known={known} />;
}
