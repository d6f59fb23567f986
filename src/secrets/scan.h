// What is checked before toml++ sees a document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hawser::secrets {

struct ScannedToml {
  std::string text;  // What to hand to toml++.
  std::vector<int>
      inner_lines;  // Lines (from 1, ascending) that begin inside a string, array or inline table.
};

// Looks through `text` once, linearly and without recursion, for what toml++ does not bound or gets wrong:
//  - size and depth (ERR_SECRETS_LIMIT, see limits.h): toml++ bounds neither dotted keys nor headers, and its
//    destructors recurse;
//  - bytes that are no UTF-8, control characters, carriage returns without a line feed, strings that are not
//    closed (ERR_SECRETS_PARSE with the position of the opening quote).
// The scan is lexical: up to the first error that toml++ would report it reads strings, comments and brackets
// exactly as toml++ does, so nothing that toml++ gets to has not been bounded.
//
// The text returned is `text` but for one repair: after a line-ending backslash toml++ also skips white space
// that is not TOML's (no-break space …), so the first such character is written as an escape.
//
// `source` names the document in errors.
Result<ScannedToml> ScanToml(std::string_view text, std::string_view source);

}  // namespace hawser::secrets
