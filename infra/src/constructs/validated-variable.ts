import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

export interface ValidatedVariableProps {
  description: string;
  /** Without one, whoever deploys is asked. */
  default?: string;
  /** What the value has to match, in Terraform's syntax of regular expressions (RE2). */
  pattern: string;
  /** The same in words, to complete "allowed is ". */
  allowed: string;
}

/**
 * A text that whoever deploys the stack knows, and that is no secret: a Terraform variable. A value that can't be fails
 * the plan, which shows it.
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
