import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Name } from '../components/Text';
import { keyPath, ownerPath } from './paths';
import type { Named, OrganizationKey } from './usage-data';

/** What usage is counted by: its name leads to its screen. What has none any more is told by its id. */
export function GroupName({ id, named }: { id: string; named: Named | undefined }) {
  if (named === undefined) return <code className="wrap">{id}</code>;
  return (
    <div className="stack-small">
      <RowLink to={named.to}>{named.name}</RowLink>
      {named.owner && (
        <span className="small">
          <OwnerLink owner={named.owner} />
        </span>
      )}
    </div>
  );
}

/** A key's name, which leads to its calls, and what it ends with. */
export function KeyLink({ apiKey }: { apiKey: OrganizationKey }) {
  return (
    <div className="stack-small">
      <RowLink to={keyPath(apiKey.user, apiKey.id)}>{apiKey.name}</RowLink>
      <span className="soft small mono">…{apiKey.hint}</span>
    </div>
  );
}

export function OwnerLink({ owner }: { owner: OrganizationKey['user'] }): ReactNode {
  return (
    <Link to={ownerPath(owner)}>
      <Name>{owner.name}</Name>
    </Link>
  );
}

function RowLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to={to} className="row-link">
      <Name>{children}</Name>
    </Link>
  );
}
