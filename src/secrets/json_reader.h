// JSON text to a tree of values: a module of its own in WebAssembly (wasm/json_exports.cc), as few programs
// have such secrets.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace hawser::secrets {

// Reads a document as people write it: an object, in which no object has a key twice. Integers beyond 64 bits
// become floats. Errors: ERR_SECRETS_PARSE with line and column as far as known, ERR_SECRETS_LIMIT (see
// limits.h); their `source` is left empty.
Result<Value> ReadJson(std::string_view text);

// The same as packed bytes: the tree, which is a table, or an array that holds the error (see answers.h).
std::string AnswerJson(std::string_view text);

}  // namespace hawser::secrets
