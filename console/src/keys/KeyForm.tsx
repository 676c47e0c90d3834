import { useState } from 'react';
import type { Schema } from '../api/client';
import { lineError } from '../app/line';
import { useNow } from '../app/now';
import { FormDialog } from '../components/Dialog';
import { Checkbox, CheckboxGroup, RadioGroup, Select, TextArea, TextField } from '../components/Fields';
import { Name } from '../components/Text';
import { t } from '../strings';
import type { KeyOwner } from './owner';
import { type Expiry, expiresAt, lines, MAX_NAME } from './values';

const words = t.keys.form;
const EXPIRIES: readonly Expiry[] = ['never', 'd7', 'd30', 'd90', 'd365', 'date'];
const MAX_ADDRESSES = 64;

/** Asks what a new key is for and what it may do. `create` makes it and shows it. */
export function KeyForm({
  owner: { spaces, spacesHelp, everything = words.everything },
  create,
  onClose,
}: {
  owner: KeyOwner;
  create: (key: Schema<'ApiKeyCreate'>) => Promise<void>;
  onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [expiry, setExpiry] = useState<Expiry>('d90');
  const [date, setDate] = useState('');
  const [readOnly, setReadOnly] = useState(false);
  const [access, setAccess] = useState<'all' | 'some'>('all');
  const [chosen, setChosen] = useState<string[]>([]);
  const [addresses, setAddresses] = useState('');
  const [tried, setTried] = useState(false);
  const now = useNow();

  const networks = lines(addresses);
  const ends = expiresAt(expiry, date, now);
  const wrong = {
    name: lineError(name, MAX_NAME),
    date: ends === undefined ? words.datePast : null,
    spaces: access === 'some' && chosen.length === 0 ? words.noSpaces : null,
    addresses: networks.length > MAX_ADDRESSES ? words.addressesMany : null,
  };

  const submit = async () => {
    setTried(true);
    if (Object.values(wrong).some((error) => error !== null) || ends === undefined) return;
    await create({
      name: name.trim(),
      read_only: readOnly,
      ...(ends !== null && { expires_at: ends }),
      ...(access === 'some' && { spaces: chosen }),
      ...(networks.length > 0 && { allowed_addresses: networks }),
    });
  };

  return (
    <FormDialog title={words.title} submit={words.submit} answersOnce onSubmit={submit} onClose={onClose}>
      <TextField
        label={words.name}
        help={words.nameHelp}
        autoFocus
        isRequired
        value={name}
        onChange={setName}
        error={tried ? wrong.name : null}
      />
      <Select
        label={words.expiry}
        value={expiry}
        onChange={setExpiry}
        options={EXPIRIES.map((value) => ({ value, label: words.expiries[value] }))}
      />
      {expiry === 'date' && (
        <TextField
          label={words.date}
          help={words.dateHelp}
          type="date"
          isRequired
          value={date}
          onChange={setDate}
          error={tried ? wrong.date : null}
        />
      )}
      <Checkbox isSelected={readOnly} onChange={setReadOnly}>
        {words.readOnly}
      </Checkbox>
      {spaces.length > 0 && (
        <RadioGroup
          label={words.access}
          value={access}
          onChange={setAccess}
          options={[
            { value: 'all', label: everything },
            { value: 'some', label: words.some },
          ]}
        />
      )}
      {access === 'some' && (
        <CheckboxGroup
          label={words.chooseSpaces}
          help={spacesHelp}
          value={chosen}
          onChange={setChosen}
          error={tried ? wrong.spaces : null}
          options={spaces.map((space) => ({ value: space.slug, label: <Name>{space.name}</Name> }))}
        />
      )}
      <TextArea
        label={words.addresses}
        extra={t.common.optional}
        help={words.addressesHelp}
        spellCheck="false"
        value={addresses}
        onChange={setAddresses}
        error={tried ? wrong.addresses : null}
      />
    </FormDialog>
  );
}
