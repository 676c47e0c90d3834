import { type ReactElement, type ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { t } from '../strings';
import { IconButton } from './Button';
import { Icon, type IconName } from './Icon';

export type Action = {
  id: string;
  label: ReactNode;
  icon?: IconName;
  danger?: boolean;
  /** Of several to choose from, whether it is the one that holds. */
  isChosen?: boolean;
  isDisabled?: boolean;
  run: () => void;
};

/** A button that opens a list of actions. */
export function Menu({
  trigger,
  label,
  actions,
  above = false,
  heading,
}: {
  trigger: ReactElement;
  label: string;
  actions: readonly Action[];
  above?: boolean;
  heading?: ReactNode;
}) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="popover" placement={above ? 'top start' : 'bottom end'}>
        {heading !== undefined && <div className="menu-heading">{heading}</div>}
        <AriaMenu
          className="menu"
          aria-label={label}
          items={actions}
          onAction={(id) => actions.find((action) => action.id === id)?.run()}
        >
          {(action) => (
            <MenuItem
              id={action.id}
              className={action.danger ? 'menu-item menu-item-danger' : 'menu-item'}
              isDisabled={action.isDisabled ?? false}
            >
              {action.icon && <Icon name={action.icon} size={16} />}
              <span className="menu-label">{action.label}</span>
              {action.isChosen && <Icon name="check" size={16} />}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

/** The actions of a row, behind three dots. `name` says whose they are. */
export function RowMenu({ name, actions }: { name: string; actions: readonly Action[] }) {
  const label = t.common.actionsFor(name);
  return <Menu label={label} actions={actions} trigger={<IconButton icon="more" label={label} />} />;
}
