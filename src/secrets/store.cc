#include "secrets/store.h"

#include <cstddef>
#include <utility>

#include "base/sort.h"
#include "base/wire.h"
#include "secrets/env_names.h"
#include "secrets/explain.h"
#include "secrets/interpolate.h"
#include "secrets/limits.h"
#include "secrets/toml_reader.h"

namespace hawser::secrets {
namespace {

void WriteMember(std::string_view name, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out.append(",\"").append(name).append("\":");
  WriteJsonString(text, out);
}

void WriteMember(std::string_view name, int number, std::string& out) {
  if (number <= 0) return;
  out.append(",\"").append(name).append("\":").append(std::to_string(number));
}

std::string Failed(const Error& error) {
  std::string out = "{\"error\":{\"code\":";
  WriteJsonString(error.code, out);
  WriteMember("message", error.message, out);
  WriteMember("source", error.source, out);
  WriteMember("line", error.line, out);
  WriteMember("column", error.column, out);
  WriteMember("excerpt", error.excerpt, out);
  WriteMember("path", error.path, out);
  WriteMember("variable", error.variable, out);
  return out + "}}";
}

std::string_view NameOf(Value::Type type) {
  constexpr std::string_view kNames[] = {"table", "array",   "string",           "integer",
                                         "float", "boolean", "offset-date-time", "local-date-time",
                                         "null"};
  return kNames[static_cast<std::size_t>(type)];
}

void WriteOrigin(const Origin& origin, Value::Type type, std::string& out) {
  out += "\"layer\":" + std::to_string(origin.layer);
  WriteMember("line", origin.line, out);
  WriteMember("column", origin.column, out);
  WriteMember("type", NameOf(type), out);
}

void WriteLeaves(const Value& value, const std::string& path, std::string& out) {
  for (const Entry& entry : value.entries) {
    std::string below = path + (path.empty() ? "" : ",");
    WriteJsonString(entry.key, below);
    if (entry.value.is_table() && !entry.value.entries.empty()) {
      WriteLeaves(entry.value, below, out);
      continue;
    }
    out += out.size() > 1 ? ",{\"path\":[" : "{\"path\":[";
    out += below + "],";
    WriteOrigin(entry.value.origin, entry.value.type, out);
    out += '}';
  }
}

}  // namespace

SecretStore::SecretStore(const std::string& mode)
    : mode_(mode == "shallow" ? MergeMode::kShallow : MergeMode::kDeep) {}

std::string SecretStore::Add(Result<Value> tree, const std::string& source, bool verbatim) {
  if (!tree) return Failed(tree.error());
  sources_.push_back(source);
  verbatim_.push_back(verbatim);
  layers_.push_back(*tree);
  Merge(merged_, *std::move(tree), mode_);
  return {};
}

std::string SecretStore::AddToml(const std::string& source, const std::string& text) {
  return Add(ReadToml(text, source, static_cast<int>(layers_.size())), source, false);
}

std::string SecretStore::AddJson(const std::string& source, const std::string& text) {
  if (text.size() > kMaxDocumentBytes) return Failed(TooLarge(source));
  return Add(ReadJson(text, source, static_cast<int>(layers_.size())), source, false);
}

std::string SecretStore::AddValues(const std::string& source, const std::string& json, bool verbatim) {
  return Add(ReadWire(json, source, static_cast<int>(layers_.size())), source, verbatim);
}

std::string SecretStore::AddEnvironment(const std::string& source, const std::string& prefix,
                                        const std::string& json) {
  const int layer = static_cast<int>(layers_.size());
  Result<Value> read = ReadWire(json, source, layer);
  if (!read) return Failed(read.error());
  std::vector<std::pair<std::string, Value>> variables;
  for (Entry& entry : read->entries) variables.emplace_back(std::move(entry.key), std::move(entry.value));
  return Add(ReadEnvironment(std::move(variables), prefix, merged_, source, layer), source, true);
}

std::string SecretStore::Variables() const {
  std::string out = "[";
  for (const std::string& name : ReferencedVariables(merged_, verbatim_)) {
    if (out.size() > 1) out += ',';
    WriteJsonString(name, out);
  }
  return out + "]";
}

std::string SecretStore::Interpolate(const std::string& variables) {
  Result<Value> read = ReadWire(variables, "environment", -1);
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

std::string SecretStore::Tree() const {
  std::string out;
  WriteWire(merged_, out);
  return out;
}

std::string SecretStore::Explain(const std::string& path) const {
  const Result<Value> read = ReadWire(path, "path", -1);
  if (!read) return Failed(read.error());
  std::vector<std::string> keys;
  for (const Entry& key : read->entries) keys.push_back(key.value.text);
  constexpr std::string_view kStates[] = {"used", "merged", "overridden"};
  std::string out = "[";
  for (const Contribution& found : secrets::Explain(layers_, mode_, keys)) {
    out += out.size() > 1 ? ",{" : "{";
    WriteOrigin(found.origin, found.type, out);
    WriteMember("state", kStates[static_cast<std::size_t>(found.state)], out);
    out += '}';
  }
  return out + "]";
}

std::string SecretStore::Leaves() const {
  std::string out = "[";
  WriteLeaves(merged_, "", out);
  return out + "]";
}

}  // namespace hawser::secrets
