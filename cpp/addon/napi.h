// The door to Node-API. A worker that is being terminated takes no exception any more; without this
// setting node-addon-api then throws out of a C callback, which ends the whole process.
#pragma once

#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>
