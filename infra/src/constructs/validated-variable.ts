import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

export interface ValidatedVariableProps {
  description: string;
  /** Without a default, the deploy needs a value. */
  default?: string;
  /** The regular expression that the value has to match, in Terraform's syntax (RE2). */
  pattern: string;
  /** The same in words, to complete "allowed is ". */
  allowed: string;
}

/**
 * A Terraform variable for a text that isn't secret, with a validation. A value that isn't allowed fails the plan, which
 * shows the value.
 */
export class ValidatedVariable extends TerraformVariable {
  constructor(scope: Construct, id: string, { pattern, allowed, ...config }: ValidatedVariableProps) {
    super(scope, id, {
      type: 'string',
      ...config,
      validation: [
        {
          condition: `\${can(regex(${JSON.stringify(pattern)}, var.${id}))}`,
          errorMessage: `The variable ${id} can't have this value: allowed is ${allowed}.`,
        },
      ],
    });
  }
}
