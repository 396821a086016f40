export { default } from '../tsup.lambda.ts';
