import { type ReactNode, useState } from 'react';
import {
  Button as AriaButton,
  CheckboxButton,
  CheckboxField,
  CheckboxGroup as AriaCheckboxGroup,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  RadioButton,
  RadioField,
  RadioGroup as AriaRadioGroup,
  Select as AriaSelect,
  SelectValue,
  Text,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { t } from '../strings';
import { Icon } from './Icon';

type Described = {
  label: string;
  /** A word beside the label, such as that the field may stay empty. */
  extra?: string | undefined;
  help?: ReactNode;
  /** What is wrong with the value; the field is marked and read out with it. */
  error?: string | null | undefined;
};

type TextProps = Omit<AriaTextFieldProps, 'className' | 'style' | 'children'> & Described;

function FieldLabel({ label, extra }: Described) {
  return (
    <Label className="label">
      {label}
      {extra !== undefined && <span className="label-extra">{extra}</span>}
    </Label>
  );
}

/** What is wrong: our own sentence, or the browser's about a field that it checks. */
function Below({ help, error }: Described) {
  return (
    <>
      {help !== undefined && (
        <Text slot="description" className="field-help">
          {help}
        </Text>
      )}
      <FieldError className="field-error">{error ?? undefined}</FieldError>
    </>
  );
}

/** What stands around a field that is written in. */
function Written({ label, extra, help, error, children, ...props }: TextProps & { children: ReactNode }) {
  const described = { label, extra, help, error };
  return (
    <AriaTextField {...props} isInvalid={typeof error === 'string'} className="field">
      <FieldLabel {...described} />
      {children}
      <Below {...described} />
    </AriaTextField>
  );
}

/** One line of text. `dir="auto"`: a name may be written from right to left. */
export function TextField({ placeholder, ...props }: TextProps & { placeholder?: string }) {
  return (
    <Written {...props}>
      <Input className="input" dir="auto" {...(placeholder !== undefined && { placeholder })} />
    </Written>
  );
}

export function TextArea({ placeholder, ...props }: TextProps & { placeholder?: string }) {
  return (
    <Written {...props}>
      <AriaTextArea className="input" dir="auto" {...(placeholder !== undefined && { placeholder })} />
    </Written>
  );
}

/** A password, which can be shown while it is typed. */
export function PasswordField(props: Omit<TextProps, 'type'>) {
  const [shown, setShown] = useState(false);
  return (
    <Written {...props} type={shown ? 'text' : 'password'}>
      <div className="input-with-button">
        <Input className="input" spellCheck={false} autoCapitalize="none" />
        <AriaButton
          className="button button-quiet button-small"
          aria-label={`${shown ? t.common.hide : t.common.show}: ${props.label}`}
          onPress={() => setShown(!shown)}
        >
          {shown ? t.common.hide : t.common.show}
        </AriaButton>
      </div>
    </Written>
  );
}

/** One of some words, beside what shows what it is about: the label is only read out. */
export function Choice<Value extends string>({
  words,
  ...props
}: {
  label: string;
  words: Readonly<Record<Value, string>>;
  value: Value;
  onChange: (value: Value) => void;
}) {
  const options = (Object.keys(words) as Value[]).map((value) => ({ value, label: words[value] }));
  return <Select {...props} labelHidden options={options} />;
}

/** One of several values, in a list that opens. */
export function Select<Value extends string>({
  label,
  extra,
  help,
  value,
  onChange,
  options,
  placeholder,
  isDisabled = false,
  labelHidden = false,
}: Described & {
  /** What stands where nothing is chosen. */
  placeholder?: string;
  /** Where its place says what it is; it is still read out. */
  labelHidden?: boolean;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string }[];
  isDisabled?: boolean;
}) {
  return (
    <AriaSelect
      className="field"
      isDisabled={isDisabled}
      {...(placeholder !== undefined && { placeholder })}
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.value === key);
        if (chosen) onChange(chosen.value);
      }}
    >
      <Label className={labelHidden ? 'hidden' : 'label'}>
        {label}
        {extra !== undefined && <span className="label-extra">{extra}</span>}
      </Label>
      <AriaButton className="select-button">
        <SelectValue>
          {({ selectedText, defaultChildren, isPlaceholder }) =>
            isPlaceholder ? defaultChildren : <bdi>{selectedText}</bdi>
          }
        </SelectValue>
        <Icon name="chevron" size={16} />
      </AriaButton>
      {help !== undefined && (
        <Text slot="description" className="field-help">
          {help}
        </Text>
      )}
      <Popover className="popover">
        <ListBox className="menu" items={options}>
          {(option) => (
            <ListBoxItem id={option.value} textValue={option.label} className="menu-item">
              <bdi>{option.label}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({
  children,
  isSelected,
  onChange,
  value,
  isDisabled = false,
}: {
  children: ReactNode;
  isSelected?: boolean;
  onChange?: (selected: boolean) => void;
  /** Within a `CheckboxGroup`. */
  value?: string;
  isDisabled?: boolean;
}) {
  return (
    <CheckboxField
      isDisabled={isDisabled}
      {...(isSelected !== undefined && { isSelected })}
      {...(onChange !== undefined && { onChange })}
      {...(value !== undefined && { value })}
    >
      <CheckboxButton className="choice">
        <span className="choice-mark">
          <Icon name="check" size={14} />
        </span>
        <span className="choice-text">{children}</span>
      </CheckboxButton>
    </CheckboxField>
  );
}

/** Any of several values. */
export function CheckboxGroup({
  label,
  extra,
  help,
  error,
  value,
  onChange,
  options,
}: Described & {
  value: string[];
  onChange: (value: string[]) => void;
  options: readonly { value: string; label: ReactNode }[];
}) {
  const described = { label, extra, help, error };
  return (
    <AriaCheckboxGroup
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={typeof error === 'string'}
    >
      <FieldLabel {...described} />
      <div className="choices">
        {options.map((option) => (
          <Checkbox key={option.value} value={option.value}>
            {option.label}
          </Checkbox>
        ))}
      </div>
      <Below {...described} />
    </AriaCheckboxGroup>
  );
}

/** One of a few values, all of them in sight. */
export function RadioGroup<Value extends string>({
  label,
  extra,
  help,
  error,
  value,
  onChange,
  options,
}: Described & {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode }[];
}) {
  const described = { label, extra, help, error };
  return (
    <AriaRadioGroup
      className="field"
      value={value}
      onChange={(chosen) => {
        const option = options.find((one) => one.value === chosen);
        if (option) onChange(option.value);
      }}
      isInvalid={typeof error === 'string'}
    >
      <FieldLabel {...described} />
      <div className="choices">
        {options.map((option) => (
          <RadioField key={option.value} value={option.value}>
            <RadioButton className="choice choice-round">
              <span className="choice-mark">
                <Icon name="check" size={12} />
              </span>
              <span className="choice-text">{option.label}</span>
            </RadioButton>
          </RadioField>
        ))}
      </div>
      <Below {...described} />
    </AriaRadioGroup>
  );
}
