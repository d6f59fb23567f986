#include "secrets/env_names.h"

#include <algorithm>
#include <cstddef>

#include "base/sort.h"
#include "secrets/limits.h"

namespace hawser::secrets {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = Lower(c);
  return out;
}

// Whether `key` is `lowered` but for the case of ASCII letters.
bool Matches(const std::string& key, const std::string& lowered) {
  return key.size() == lowered.size() &&
         std::equal(key.begin(), key.end(), lowered.begin(), [](char a, char b) { return Lower(a) == b; });
}

// The entry that `lowered` means, or null.
const Entry* Match(const Value* table, const std::string& lowered) {
  const Entry* found = nullptr;
  if (table == nullptr || !table->is_table()) return nullptr;
  for (const Entry& entry : table->entries) {
    if (entry.key == lowered) return &entry;
    if (found == nullptr && Matches(entry.key, lowered)) found = &entry;
  }
  return found;
}

Error Failed(std::string_view code, std::string_view source, const std::string& variable,
             std::string reason) {
  Error error;
  error.code = code;
  error.source = std::string(source);
  error.variable = variable;
  error.message = "the variable " + variable + " " + std::move(reason);
  return error;
}

struct Variable {
  std::vector<std::string> parts;  // Of the name behind the prefix, lowercased.
  std::string name;
  Value value;
};

}  // namespace

Result<Value> ReadEnvironment(std::vector<std::pair<std::string, Value>> variables, std::string_view prefix,
                              const Value& below, std::string_view source, int layer) {
  std::vector<Variable> list;
  for (auto& [name, value] : variables) {
    if (!name.starts_with(prefix)) continue;
    Variable variable;
    std::string_view rest = std::string_view(name).substr(prefix.size());
    for (;;) {
      const std::size_t cut = rest.find("__");
      variable.parts.push_back(Lower(rest.substr(0, cut)));
      if (variable.parts.back().empty()) {
        return std::unexpected(Failed("ERR_SECRETS_PARSE", source, name, "has an empty part in its name"));
      }
      if (variable.parts.size() > kMaxDepth) {
        return std::unexpected(Failed("ERR_SECRETS_LIMIT", source, name,
                                      "has more than " + std::to_string(kMaxDepth) + " parts"));
      }
      if (cut == std::string_view::npos) break;
      rest.remove_prefix(cut + 2);
    }
    variable.name = std::move(name);
    variable.value = std::move(value);
    list.push_back(std::move(variable));
  }
  // An environment has no order. In this one a key is next to all that lies below it, so that the entry which
  // a part of a name has in this tree, if any, is always the last.
  SortItems(list, [](const Variable& a, const Variable& b) {
    return a.parts != b.parts ? a.parts < b.parts : a.name < b.name;
  });
  const Origin origin{layer, 0, 0};
  Value root = Value::OfType(Value::Type::kTable, origin);
  const Variable* given = nullptr;  // The last one whose value is a table by itself.
  for (Variable& variable : list) {
    Value* at = &root;
    const Value* shadow = &below;
    const bool inside = given != nullptr && given->parts.size() < variable.parts.size() &&
                        std::equal(given->parts.begin(), given->parts.end(), variable.parts.begin());
    for (std::size_t i = 0; i < variable.parts.size(); ++i) {
      const std::string& part = variable.parts[i];
      const Entry* lower = Match(shadow, part);
      shadow = lower == nullptr ? nullptr : &lower->value;
      if (at->entries.empty() || !Matches(at->entries.back().key, part)) {
        at->entries.push_back(
            {lower == nullptr ? part : lower->key, Value::OfType(Value::Type::kTable, origin)});
      } else if (inside || i + 1 == variable.parts.size() || !at->entries.back().value.is_table()) {
        return std::unexpected(Failed("ERR_SECRETS_PARSE", source, variable.name,
                                      "contradicts another one that names the same key"));
      }
      at = &at->entries.back().value;
    }
    if (variable.value.is_table()) given = &variable;
    *at = std::move(variable.value);
    at->origin = origin;
  }
  return root;
}

}  // namespace hawser::secrets
