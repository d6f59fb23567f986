#include "secrets/store.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "base/packed.h"
#include "base/sort.h"
#include "secrets/answers.h"
#include "secrets/env_names.h"
#include "secrets/explain.h"
#include "secrets/interpolate.h"
#include "secrets/limits.h"
#include "secrets/toml_reader.h"

namespace hawser::secrets {
namespace {

std::string Failed(const Error& error) { return Packed(ErrorTree(error)); }

std::string_view NameOf(Value::Type type) {
  constexpr std::string_view kNames[] = {"table", "array",   "string",           "integer",
                                         "float", "boolean", "offset-date-time", "local-date-time",
                                         "null"};
  return kNames[static_cast<std::size_t>(type)];
}

void SetOrigin(const Origin& origin, Value::Type type, Value& out) {
  Set(out, "layer", origin.layer);
  if (origin.line > 0) Set(out, "line", origin.line);
  if (origin.column > 0) Set(out, "column", origin.column);
  Set(out, "type", NameOf(type));
}

void Append(Value& array, Value item) { array.entries.push_back({{}, std::move(item)}); }

// `path` is an array of keys.
void AddLeaves(const Value& value, Value& path, Value& out) {
  for (const Entry& entry : value.entries) {
    Append(path, Value::String(entry.key));
    if (entry.value.is_table() && !entry.value.entries.empty()) {
      AddLeaves(entry.value, path, out);
    } else {
      Value leaf;
      Set(leaf, "path", path);
      SetOrigin(entry.value.origin, entry.value.type, leaf);
      Append(out, std::move(leaf));
    }
    path.entries.pop_back();
  }
}

// Values from JavaScript, whose js/packed.js writes nothing but trees: no bytes stand for one with a text
// that is none.
Result<Value> Read(std::string_view bytes, std::string_view source, int layer) {
  std::optional<Value> tree = ReadPacked(bytes, layer);
  if (tree) return *std::move(tree);
  if (!bytes.empty()) return std::unexpected(TooDeep(source));
  Error error;
  error.code = "ERR_SECRETS_PARSE";
  error.source = std::string(source);
  error.message = "a string or key has a lone surrogate";
  return std::unexpected(std::move(error));
}

}  // namespace

SecretStore::SecretStore(std::string_view mode)
    : mode_(mode == "shallow" ? MergeMode::kShallow : MergeMode::kDeep) {}

std::string SecretStore::Add(Result<Value> tree, const std::string& source, bool verbatim) {
  if (!tree) return Failed(tree.error());
  sources_.push_back(source);
  verbatim_.push_back(verbatim);
  layers_.push_back(*tree);
  Merge(merged_, *std::move(tree), mode_);
  return {};
}

std::string SecretStore::AddToml(const std::string& source, std::string_view text) {
  return Add(ReadToml(text, source, static_cast<int>(layers_.size())), source, false);
}

std::string SecretStore::AddValues(const std::string& source, std::string_view tree, bool verbatim) {
  return Add(Read(tree, source, static_cast<int>(layers_.size())), source, verbatim);
}

std::string SecretStore::AddEnvironment(const std::string& source, const std::string& prefix,
                                        std::string_view variables) {
  const int layer = static_cast<int>(layers_.size());
  Result<Value> read = Read(variables, source, layer);
  if (!read) return Failed(read.error());
  std::vector<std::pair<std::string, Value>> list;
  for (Entry& entry : read->entries) list.emplace_back(std::move(entry.key), std::move(entry.value));
  return Add(ReadEnvironment(std::move(list), prefix, merged_, source, layer), source, true);
}

std::string SecretStore::Variables() const {
  Value out = Value::OfType(Value::Type::kArray);
  for (std::string& name : ReferencedVariables(merged_, verbatim_))
    Append(out, Value::String(std::move(name)));
  return Packed(out);
}

std::string SecretStore::Interpolate(std::string_view variables) {
  Result<Value> read = Read(variables, "environment", -1);
  if (!read) return Failed(read.error());
  secrets::Variables list;
  for (Entry& entry : read->entries) list.emplace_back(std::move(entry.key), std::move(entry.value.text));
  SortItems(list, [](const auto& a, const auto& b) { return a.first < b.first; });
  Origin origin;
  std::optional<Error> error = secrets::Interpolate(merged_, list, verbatim_, origin);
  if (!error) return {};
  const auto layer = static_cast<std::size_t>(origin.layer);
  if (layer < sources_.size()) error->source = sources_[layer];
  return Failed(*error);
}

std::string SecretStore::Tree() const { return Packed(merged_); }

std::string SecretStore::Explain(std::string_view path) const {
  Value out = Value::OfType(Value::Type::kArray);
  const std::optional<Value> read = ReadPacked(path);
  if (!read) return Packed(out);  // A key that is no text, or too many: there is nothing.
  std::vector<std::string> keys;
  for (const Entry& key : read->entries) keys.push_back(key.value.text);
  constexpr std::string_view kStates[] = {"used", "merged", "overridden"};
  for (const Contribution& found : secrets::Explain(layers_, mode_, keys)) {
    Value contribution;
    SetOrigin(found.origin, found.type, contribution);
    Set(contribution, "state", kStates[static_cast<std::size_t>(found.state)]);
    Append(out, std::move(contribution));
  }
  return Packed(out);
}

std::string SecretStore::Leaves() const {
  Value path = Value::OfType(Value::Type::kArray);
  Value out = path;
  AddLeaves(merged_, path, out);
  return Packed(out);
}

}  // namespace hawser::secrets
