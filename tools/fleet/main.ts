import { describeScaling } from './describe-scaling.ts';

/** `npm run fleet`: the arithmetic of docs/scaling.md. */
console.log(describeScaling());
