// References to environment variables inside string values.
//
//   ${{ VAR }}            the variable; an error when it is not set
//   ${{ VAR:-default }}   the text after ":-", without surrounding white space, when it is not set or empty
//   $${{                  a literal ${{
//
// A name is one or more of A-Z a-z 0-9 _ . - and a default ends at the first }}. What was inserted is not
// looked at again. White space inside the braces does not count.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace hawser::secrets {

// Name and value, in ascending order of names. A name that is missing is not set.
using Variables = std::vector<std::pair<std::string, std::string>>;

// Replaces the references in all strings of `root`, at every depth, but for those of layers whose `verbatim`
// is true (indexed by Origin::layer). Errors name the key and the variable, never a value: ERR_ENV_MISSING,
// ERR_SECRETS_PARSE for a malformed reference, ERR_SECRETS_LIMIT beyond kMaxInterpolatedBytes. `root` is
// then half done: drop it. The error's `source` is left empty; `origin` tells where the string stands.
std::optional<Error> Interpolate(Value& root, const Variables& variables, const std::vector<bool>& verbatim,
                                 Origin& origin);

// The names of all variables that Interpolate() would look up, ascending. Malformed references are left out.
std::vector<std::string> ReferencedVariables(const Value& root, const std::vector<bool>& verbatim);

}  // namespace hawser::secrets
