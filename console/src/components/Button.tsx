import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Link, type To } from 'react-router';
import { t } from '../strings';
import { Icon, type IconName } from './Icon';

type Look = {
  kind?: 'primary' | 'danger' | 'plain' | 'quiet';
  small?: boolean;
  wide?: boolean;
  icon?: IconName;
};
type ButtonProps = Omit<AriaButtonProps, 'className' | 'style' | 'children'> & Look & { children: ReactNode };

function classes({ kind = 'plain', small = false, wide = false }: Look): string {
  return ['button', kind !== 'plain' && `button-${kind}`, small && 'button-small', wide && 'button-wide']
    .filter(Boolean)
    .join(' ');
}

/**
 * A button. With `isPending` it stays focused, does nothing and says so. (React Aria's own `isPending` leaves a live
 * region behind that names a button which may be gone.)
 */
export function Button({ kind, small, wide, icon, isPending = false, children, ...props }: ButtonProps) {
  const name = classes({ ...(kind && { kind }), ...(small && { small }), ...(wide && { wide }) });
  const pending = isPending && { onPress: () => undefined, type: 'button' as const, 'data-pending': true };
  return (
    <AriaButton {...props} {...pending} className={name}>
      {isPending ? (
        <span className="spinner" role="img" aria-label={t.common.loading} />
      ) : (
        icon && <Icon name={icon} size={16} />
      )}
      {children}
    </AriaButton>
  );
}

/** A button that is only an icon; `label` is its name. */
export function IconButton({
  icon,
  label,
  ...props
}: Omit<AriaButtonProps, 'className' | 'style' | 'children'> & { icon: IconName; label: string }) {
  return (
    <AriaButton {...props} aria-label={label} className="button button-quiet button-icon">
      <Icon name={icon} />
    </AriaButton>
  );
}

/** A link to another screen that looks like a button. */
export function LinkButton({
  to,
  children,
  kind,
  small,
  wide,
  icon,
}: Look & { to: To; children: ReactNode }) {
  return (
    <Link
      to={to}
      className={classes({ ...(kind && { kind }), ...(small && { small }), ...(wide && { wide }) })}
    >
      {icon && <Icon name={icon} size={16} />}
      {children}
    </Link>
  );
}
