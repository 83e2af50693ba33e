// Loaded lazily, and by this file: a bundler keeps all of a package that is imported lazily by its own name.
export { CompactEncrypt, calculateJwkThumbprint, importJWK } from 'jose';
