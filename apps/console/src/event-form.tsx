import { type Checked, type Field, pointerOf, readField, writeField } from './contract.ts';

interface Props {
  fields: readonly Field[];
  checked: Checked;
  onChange(detail: object): void;
}

/** The fields that the schema of an event names, each with what the contract says of it. */
export function EventForm({ fields, checked, onChange }: Props) {
  const { value, issues } = checked;
  return (
    <div class="fields">
      {fields.map((field) => {
        const pointer = pointerOf(field);
        const id = `field-${pointer}`;
        const issue = issues.find(({ path }) => path === pointer);
        return (
          <div key={pointer} class="field">
            <label for={id}>
              {field.title}
              {field.isRequired ? '' : ' (optional)'}
            </label>
            <input
              id={id}
              value={readField(value, field)}
              placeholder={field.example}
              title={field.description}
              inputMode={field.isNumber ? 'decimal' : 'text'}
              disabled={value === undefined}
              aria-invalid={issue !== undefined}
              aria-describedby={issue && `${id}-issue`}
              spellcheck={false}
              autocomplete="off"
              onInput={({ currentTarget }) => onChange(writeField(value, field, currentTarget.value))}
            />
            {issue && (
              <span id={`${id}-issue`} class="error">
                received {issue.received}, allowed is {issue.allowed}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
