// Loaded lazily, and by this file: a bundler gives a CommonJS package that is imported lazily no named exports.
export { Ajv2020 } from 'ajv/dist/2020.js';
