import type { ReactNode } from 'react';
import { formatRelative, formatTime } from '../app/format';
import { useNow } from '../app/now';
import { t } from '../strings';

/** A name that a person chose: any length, any direction, nothing but text. It wraps and is never cut. */
export function Name({ children }: { children: string }) {
  return <bdi className="wrap">{children}</bdi>;
}

/** A name in one line; the whole of it is in its tooltip and for screen readers. */
export function Clip({ children }: { children: string }) {
  return (
    <bdi className="clip" title={children}>
      {children}
    </bdi>
  );
}

/** How long ago, with the exact time in its tooltip. */
export function Time({ at, absent = t.common.never }: { at: string | null; absent?: string }) {
  const now = useNow();
  if (at === null) return <span className="soft">{absent}</span>;
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

export function Badge({
  kind = 'plain',
  children,
}: {
  kind?: 'plain' | 'accent' | 'good' | 'warning' | 'danger';
  children: ReactNode;
}) {
  return <span className={kind === 'plain' ? 'badge' : `badge badge-${kind}`}>{children}</span>;
}

/** Pairs of a name and a value. */
export function Facts({ facts }: { facts: readonly { label: string; value: ReactNode }[] }) {
  return (
    <dl className="facts">
      {facts.map((fact) => (
        <div key={fact.label} className="fact">
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
