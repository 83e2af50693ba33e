const functions = require('@google-cloud/functions-framework');

functions.http('helloWorld', (_request, response) => response.send('Hello World!'));
