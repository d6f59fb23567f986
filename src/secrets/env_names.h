// Environment variables with nested names: HAWSER__CONNECTIONS__PETS_DB__URL is connections.pets_db.url.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace hawser::secrets {

// Makes a tree for `layer` of the `variables` (name and value) whose names begin with `prefix`, in that
// spelling. What follows is cut at each double underscore (from the left: A___B is A and _B). A part that
// differs from a key of `below`, the layers beneath merged, or of this tree, in the case of ASCII letters
// only means that key, otherwise it is lowercased; among several such keys the lowercase one, then the first,
// is meant. Errors: ERR_SECRETS_PARSE naming the variable when a part is empty, or when two variables name
// one key or one a key within what is the other's value; ERR_SECRETS_LIMIT for more than kMaxDepth parts.
Result<Value> ReadEnvironment(std::vector<std::pair<std::string, Value>> variables, std::string_view prefix,
                              const Value& below, std::string_view source, int layer);

}  // namespace hawser::secrets
