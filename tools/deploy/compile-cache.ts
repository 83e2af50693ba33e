/**
 * The environment by which Node starts from the compile cache that `gcp-build` made, found from the folder that the
 * function runs in. Node reads it before its first module, so functions-framework itself is read from it, too.
 */
export const compileCache = { NODE_COMPILE_CACHE: 'dist/compile-cache', NODE_COMPILE_CACHE_PORTABLE: '1' };
