// TOML 1.0 text to a tree of values.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace hawser::secrets {

// Reads a document through toml++, guarded by ScanToml(). Tables keep the order of the text; every value has
// the line and column of its key (elements of arrays: of their own) and belongs to `layer`. `source` names
// the document in errors. Errors: ERR_SECRETS_PARSE with line, column and excerpt; ERR_SECRETS_LIMIT.
//
// Refused although TOML 1.0 allows them: numbers of more than 126 characters and fractions of a second of
// more than 64 digits (ERR_SECRETS_LIMIT), floats whose magnitude is beyond a double's, and the leap second
// :60.
Result<Value> ReadToml(std::string_view text, std::string_view source, int layer);

}  // namespace hawser::secrets
