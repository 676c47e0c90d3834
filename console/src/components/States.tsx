import type { ReactNode } from 'react';
import { statusOf } from '../api/errors';
import { explain } from '../app/explain';
import { t } from '../strings';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';

/** Something to know in its place. Those about failures are read out at once. */
export function Notice({
  kind = 'info',
  children,
}: {
  kind?: 'info' | 'good' | 'warning' | 'danger';
  children: ReactNode;
}) {
  const icon = kind === 'good' ? 'check' : kind === 'info' ? 'info' : 'warning';
  return (
    <div
      className={kind === 'info' ? 'notice' : `notice notice-${kind}`}
      {...(kind === 'danger' && { role: 'alert' })}
    >
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** Nothing is here: why, and what to do about it. */
export function EmptyState({
  icon = 'empty',
  title,
  children,
  action,
}: {
  icon?: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="state">
      <Icon name={icon} size={32} />
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className="row">{action}</div>}
    </div>
  );
}

/** What was asked for could not be read. A missing permission is told as such. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (statusOf(error) === 403) return <Denied />;
  return (
    <div className="state" role="alert">
      <Icon name="warning" size={32} />
      <h2>{t.common.errors.unknown}</h2>
      <p>{explain(error)}</p>
      {onRetry && (
        <div className="row">
          <Button onPress={onRetry}>{t.common.retry}</Button>
        </div>
      )}
    </div>
  );
}

export function Denied() {
  return (
    <EmptyState icon="denied" title={t.common.denied.title}>
      {t.common.denied.text}
    </EmptyState>
  );
}

export function Loading({ lines = 5 }: { lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label={t.common.loading}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}

/** A query's three ends: loading, failed, there. Data that was read before stays while it is read again. */
export function Loaded<T>({
  query,
  children,
}: {
  query: { data: T | undefined; isError: boolean; error: unknown; refetch: () => unknown };
  children: (data: NonNullable<T>) => ReactNode;
}) {
  if (query.data !== undefined && query.data !== null) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}
