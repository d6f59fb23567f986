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
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return Lower(c); });
  return out;
}

// The entry that `lowered` means, or null.
const Entry* Match(const Value* table, const std::string& lowered) {
  const Entry* found = nullptr;
  if (table == nullptr || !table->is_table()) return nullptr;
  for (const Entry& entry : table->entries) {
    if (entry.key == lowered) return &entry;
    if (found == nullptr && entry.key.size() == lowered.size() && Lower(entry.key) == lowered) found = &entry;
  }
  return found;
}

Error Failed(std::string_view code, std::string_view source, const std::string& variable, std::string reason) {
  Error error;
  error.code = code;
  error.source = std::string(source);
  error.variable = variable;
  error.message = "the variable " + variable + " " + std::move(reason);
  return error;
}

}  // namespace

Result<Value> ReadEnvironment(std::vector<std::pair<std::string, Value>> variables, std::string_view prefix,
                              const Value& below, std::string_view source, int layer) {
  // An environment has no order; this one makes results and errors the same everywhere.
  SortItems(variables, [](const auto& a, const auto& b) { return a.first < b.first; });
  const Origin origin{layer, 0, 0};
  Value root = Value::OfType(Value::Type::kTable, origin);
  for (auto& [name, value] : variables) {
    if (!name.starts_with(prefix)) continue;
    std::string_view rest = std::string_view(name).substr(prefix.size());
    Value* at = &root;
    const Value* shadow = &below;
    for (int depth = 1;; ++depth) {
      if (depth > kMaxDepth) {
        return std::unexpected(Failed("ERR_SECRETS_LIMIT", source, name,
                                      "has more than " + std::to_string(kMaxDepth) + " parts"));
      }
      const std::size_t cut = rest.find("__");
      const std::string part = Lower(rest.substr(0, cut));
      if (part.empty()) return std::unexpected(Failed("ERR_SECRETS_PARSE", source, name, "has an empty part in its name"));
      const Entry* lower = Match(shadow, part);
      const Entry* own = Match(at, lower == nullptr ? part : Lower(lower->key));
      shadow = lower == nullptr ? nullptr : &lower->value;
      const bool last = cut == std::string_view::npos;
      if (own != nullptr && (last || !own->value.is_table())) {
        return std::unexpected(Failed("ERR_SECRETS_PARSE", source, name, "contradicts another one that names the same key"));
      }
      if (own == nullptr) {
        at->entries.push_back({lower == nullptr ? part : lower->key, Value::OfType(Value::Type::kTable, origin)});
        own = &at->entries.back();
      }
      at = &at->entries[static_cast<std::size_t>(own - at->entries.data())].value;
      if (last) break;
      rest.remove_prefix(cut + 2);
    }
    *at = std::move(value);
    at->origin = origin;
  }
  return root;
}

}  // namespace hawser::secrets
