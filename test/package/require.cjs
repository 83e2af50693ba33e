// The package is ESM only; Node loads it with require() all the same.
const { TokenClient } = require('countersign');
console.log(typeof new TokenClient({ url: 'https://example.com' }).getToken);
