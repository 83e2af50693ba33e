// Loaded lazily, and by this file: a bundler gives a CommonJS package that is imported lazily no named exports.
export { type protos, SecretManagerServiceClient } from '@google-cloud/secret-manager';
