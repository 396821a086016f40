export { default } from '@orders/jest';
