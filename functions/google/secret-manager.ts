// Loaded lazily, and by this file: a bundler gives a CommonJS package that is imported lazily no named exports.
export { SecretManagerServiceClient } from '@google-cloud/secret-manager';
