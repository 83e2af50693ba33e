/** Error lines of compilers, databases, networks, clouds and packages: none of them is about a JWT. */
export const unrelatedErrors: readonly string[] = `
TypeError: Cannot read properties of undefined (reading 'map')
ReferenceError: window is not defined
SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON
SyntaxError: Invalid or unexpected token
RangeError: Maximum call stack size exceeded
RangeError: Invalid array length
Error: ENOENT: no such file or directory, open '/app/config.json'
Error: EACCES: permission denied, mkdir '/var/lib/app'
Error: EADDRINUSE: address already in use :::8080
Error: connect ECONNREFUSED 127.0.0.1:5432
Error: getaddrinfo ENOTFOUND db.internal
Error: read ECONNRESET
Error: socket hang up
Error: certificate has expired
Error: self-signed certificate in certificate chain
Error: unable to verify the first certificate
Error: Hostname/IP does not match certificate's altnames
Error: Cannot find module 'express'
Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'left-pad' imported from /app/index.js
Error [ERR_HTTP_HEADERS_SENT]: Cannot set headers after they are sent to the client
Error: Request failed with status code 404
AxiosError: timeout of 5000ms exceeded
AbortError: The operation was aborted
DOMException: The user aborted a request.
UnhandledPromiseRejectionWarning: Error: boom
npm ERR! code ERESOLVE
npm ERR! 404 Not Found - GET /left-pad-2
npm error Missing script: "build"
yarn error Your lockfile needs to be updated
ERR_PNPM_NO_MATCHING_VERSION No matching version found for foo@^9
Module parse failed: Unexpected token (3:7)
error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.
error TS7006: Parameter 'x' implicitly has an 'any' type.
ESLint: 'foo' is assigned a value but never used. (no-unused-vars)
Traceback (most recent call last):
KeyError: 'user_id'
IndexError: list index out of range
AttributeError: 'NoneType' object has no attribute 'split'
ModuleNotFoundError: No module named 'requests'
ImportError: cannot import name 'foo' from 'bar'
ValueError: invalid literal for int() with base 10: 'abc'
ValueError: time data '2024' does not match format '%Y-%m-%d'
UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0
ZeroDivisionError: division by zero
FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'
PermissionError: [Errno 13] Permission denied: '/etc/shadow'
RecursionError: maximum recursion depth exceeded
TimeoutError: [Errno 110] Connection timed out
IndentationError: unexpected indent
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
requests.exceptions.SSLError: HTTPSConnectionPool(host='x', port=443): Max retries exceeded
django.db.utils.OperationalError: no such table: auth_user
django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.
Forbidden (CSRF token missing.): /login
CSRF verification failed. Request aborted.
sqlalchemy.exc.IntegrityError: (psycopg2.errors.UniqueViolation) duplicate key value
celery.exceptions.TimeLimitExceeded: TimeLimitExceeded(300,)
pip: ERROR: Could not find a version that satisfies the requirement foo
panic: runtime error: index out of range [3] with length 3
panic: runtime error: invalid memory address or nil pointer dereference
fatal error: all goroutines are asleep - deadlock!
go: module example.com/foo: not found
undefined: http.HandlerFoo
x509: certificate signed by unknown authority
x509: certificate has expired or is not yet valid: current time is after 2024-01-01
tls: failed to verify certificate: x509: certificate is valid for a.example, not b.example
remote error: tls: bad certificate
dial tcp 10.0.0.1:6379: i/o timeout
context deadline exceeded
context canceled
invalid character '<' looking for beginning of value
json: cannot unmarshal string into Go struct field User.age of type int
strconv.Atoi: parsing "abc": invalid syntax
java.lang.NullPointerException: Cannot invoke "String.length()" because "s" is null
java.lang.OutOfMemoryError: Java heap space
java.lang.ClassNotFoundException: com.example.Foo
java.lang.IllegalArgumentException: Illegal character in path at index 12
java.net.SocketTimeoutException: Read timed out
java.security.cert.CertificateExpiredException: NotAfter: Tue Jan 02 2024
java.security.SignatureException: Signature length not correct: got 256 but was expecting 512
javax.net.ssl.SSLHandshakeException: PKIX path building failed
org.hibernate.LazyInitializationException: could not initialize proxy - no Session
org.springframework.beans.factory.NoSuchBeanDefinitionException: No qualifying bean of type 'Foo'
com.fasterxml.jackson.databind.JsonMappingException: Can not deserialize instance of int
Caused by: java.io.IOException: Broken pipe
Execution failed for task ':app:compileDebugKotlin'.
System.NullReferenceException: Object reference not set to an instance of an object.
System.InvalidOperationException: Sequence contains no elements
System.FormatException: Input string was not in a correct format.
System.IO.FileNotFoundException: Could not load file or assembly 'Foo, Version=1.0.0.0'
CS0103: The name 'foo' does not exist in the current context
NU1101: Unable to find package Foo.Bar
MSB4019: The imported project was not found.
NoMethodError: undefined method 'name' for nil
ActiveRecord::RecordNotFound: Couldn't find User with 'id'=42
ActionController::InvalidAuthenticityToken
ActionController::RoutingError (No route matches [GET] "/foo")
Gem::LoadError: You have already activated rake 13.0.6
Bundler::GemNotFound: Could not find rails-7.0.0 in any of the sources
ArgumentError: wrong number of arguments (given 1, expected 0)
PHP Fatal error: Uncaught Error: Call to undefined function foo()
PHP Warning: Undefined variable $x in /var/www/index.php on line 3
PHP Parse error: syntax error, unexpected token ";" in index.php on line 7
SQLSTATE[HY000] [2002] Connection refused
SQLSTATE[42S02]: Base table or view not found: 1146
error[E0382]: borrow of moved value: 's'
error[E0308]: mismatched types
thread 'main' panicked at 'called Option::unwrap() on a None value'
error: linking with cc failed: exit status: 1
ld: symbol(s) not found for architecture arm64
undefined reference to 'main'
Segmentation fault (core dumped)
Bus error: 10
Illegal instruction
free(): invalid pointer
double free or corruption (fasttop)
make: *** [Makefile:12: all] Error 2
CMake Error at CMakeLists.txt:5 (find_package)
fatal: not a git repository (or any of the parent directories): .git
fatal: refusing to merge unrelated histories
error: failed to push some refs to 'origin'
CONFLICT (content): Merge conflict in README.md
git@github.com: Permission denied (publickey).
Host key verification failed.
ssh: connect to host example.com port 22: Connection refused
gpg: BAD signature from "Jane Doe <jane@example.com>"
gpg: Can't check signature: No public key
W: GPG error: http://deb.example stable InRelease: The following signatures were invalid: EXPKEYSIG
E: The repository 'http://deb.example stable Release' is not signed.
E: Unable to locate package foo
E: Could not get lock /var/lib/dpkg/lock-frontend
dpkg: error processing package foo (--configure)
rpm: Header V4 RSA/SHA256 Signature, key ID 1234abcd: NOKEY
apk: WARNING: UNTRUSTED signature
codesign: invalid signature (code or signature have been modified)
The executable was signed with invalid entitlements.
bash: foo: command not found
sh: 1: Syntax error: Unterminated quoted string
/bin/sh: line 3: syntax error near unexpected token 'fi'
tar: Error is not recoverable: exiting now
curl: (6) Could not resolve host: example.com
curl: (7) Failed to connect to localhost port 8080: Connection refused
curl: (28) Operation timed out after 5000 milliseconds
curl: (35) error:0A00010B:SSL routines::wrong version number
curl: (60) SSL certificate problem: certificate has expired
wget: unable to resolve host address
rsync error: some files could not be transferred (code 23)
cp: cannot stat 'a': No such file or directory
No space left on device
Out of memory: Killed process 1234 (node)
docker: Error response from daemon: pull access denied for foo
Cannot connect to the Docker daemon at unix:///var/run/docker.sock.
failed to solve: executor failed running [/bin/sh -c npm ci]: exit code: 1
OCI runtime create failed: container_linux.go:380
Error from server (NotFound): pods "web-0" not found
Error from server (Forbidden): pods is forbidden: User "dev" cannot list resource "pods"
CrashLoopBackOff
ImagePullBackOff
Readiness probe failed: HTTP probe failed with statuscode: 503
Error: INSTALLATION FAILED: cannot re-use a name that is still in use
Error acquiring the state lock
Error: Provider produced inconsistent final plan
ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'run.services.create' denied
ERROR: (gcloud.functions.deploy) ResponseError: status=[400], code=[Bad Request]
google.api_core.exceptions.NotFound: 404 Topic not found
google.api_core.exceptions.ResourceExhausted: 429 Quota exceeded for quota metric 'Read requests'
7 PERMISSION_DENIED: Missing or insufficient permissions.
14 UNAVAILABLE: No connection established
4 DEADLINE_EXCEEDED: Deadline exceeded after 60.0s
AccessDenied: User is not authorized to perform: s3:GetObject
NoSuchBucket: The specified bucket does not exist
ThrottlingException: Rate exceeded
SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.
RequestTimeTooSkewed: The difference between the request time and the current time is too large.
ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)
ERROR 1064 (42000): You have an error in your SQL syntax
ERROR 1213 (40001): Deadlock found when trying to get lock
psql: FATAL: password authentication failed for user "app"
ERROR: relation "users" does not exist
ERROR: duplicate key value violates unique constraint "users_email_key"
ERROR: syntax error at or near "FORM"
ORA-00942: table or view does not exist
ORA-12154: TNS:could not resolve the connect identifier specified
MongoServerError: E11000 duplicate key error collection
MongoNetworkError: failed to connect to server
WRONGTYPE Operation against a key holding the wrong kind of value
NOAUTH Authentication required.
MISCONF Redis is configured to save RDB snapshots
cluster_block_exception: index blocked by FORBIDDEN/12/index read-only
KafkaJSNumberOfRetriesExceeded: Failed to connect to broker
AMQP connection error: Handshake terminated by server: 403 (ACCESS-REFUSED)
nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
upstream prematurely closed connection while reading response header from upstream
upstream sent too big header while reading response header from upstream
413 Request Entity Too Large
502 Bad Gateway
504 Gateway Time-out
Your session has expired. Please log in again.
Password reset link is invalid or has expired.
Invalid username or password.
Invalid coupon: it has expired on 2024-01-01.
The subscription is expired.
License key is invalid or expired.
Invalid audience segment for campaign 42
The issuer of this invoice is not registered
Issuer identification number is not valid for this card
Invalid email address.
Field 'exp' must be between 0 and 100 experience points
Your card's expiration date is incorrect.
Blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present
Failed to load resource: net::ERR_BLOCKED_BY_CLIENT
Refused to execute inline script because it violates the Content Security Policy directive
Hydration failed because the initial UI does not match what was rendered on the server.
Warning: Each child in a list should have a unique "key" prop.
NG0100: ExpressionChangedAfterItHasBeenCheckedError
[Vue warn]: Property "foo" was accessed during render but is not defined on instance.
Uncaught (in promise) ChunkLoadError: Loading chunk 3 failed.
kernel: EXT4-fs error (device sda1): ext4_find_entry
systemd[1]: app.service: Main process exited, code=exited, status=1/FAILURE
CUDA error: out of memory
torch.cuda.OutOfMemoryError: CUDA out of memory.
LLM API error: maximum context length is 8192 tokens
Error: token limit exceeded: 9000 tokens requested
lexer error: invalid token ']' at line 3
SyntaxError: invalid token (config.py, line 3)
The audience segment that you selected is invalid
The issuer of the bond is invalid for this market
com.google.gson.JsonSyntaxException: Unable to read JSON value: true
The input is not a valid Base-64 string as it contains a non-base 64 character
sudo: 3 incorrect password attempts
fsck exited with status code 4
`
  .trim()
  .split('\n');
