#include "factory/answers.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/packed.h"
#include "factory/configuration.h"
#include "factory/error.h"
#include "factory/fingerprint.h"
#include "factory/type_resolver.h"

namespace hawser::factory {
namespace {

void Set(Value& table, std::string key, std::string text) {
  table.entries.push_back({std::move(key), Value::String(std::move(text))});
}

std::string Written(const Value& value) {
  std::string out;
  WritePacked(value, out);
  return out;
}

std::string Failed(const Error& error) {
  Value details;
  Set(details, "code", std::string(error.code));
  Set(details, "message", error.message);
  Value out;
  out.entries.push_back({"error", std::move(details)});
  return Written(out);
}

Result<Value> Read(std::string_view request) {
  auto read = ReadPacked(request);
  if (read && read->is_table()) return *std::move(read);
  // js/packed.js writes nothing else that is refused.
  return std::unexpected(ConfigError(
      "The configuration of a connection holds text with a lone surrogate, or is nested too deep."));
}

std::optional<std::string> Text(const Value& table, const char* key) {
  const Value* const value = table.Find(key);
  if (!value || !value->is_string()) return std::nullopt;
  return value->text;
}

bool Flag(const Value& table, const char* key) {
  const Value* const value = table.Find(key);
  return value && value->type == Value::Type::kBoolean && value->boolean;
}

std::vector<Value> Items(Value& table, const char* key) {
  std::vector<Value> out;
  for (Entry& member : table.entries) {
    if (member.key != key || !member.value.is_array()) continue;
    for (Entry& item : member.value.entries) out.push_back(std::move(item.value));
  }
  return out;
}

std::vector<std::string> Texts(Value& table, const char* key) {
  std::vector<std::string> out;
  for (Value& item : Items(table, key)) out.push_back(std::move(item.text));
  return out;
}

}  // namespace

std::string AnswerType(std::string_view request) {
  auto in = Read(request);
  if (!in) return Failed(in.error());
  const TypeRequest type{
      Text(*in, "name").value_or(""), Text(*in, "option"),    Text(*in, "section"), Text(*in, "url"),
      Flag(*in, "hasSection"),        Texts(*in, "sections"), Texts(*in, "layers")};
  std::vector<KnownType> known;
  for (Value& entry : Items(*in, "known")) {
    known.push_back({Text(entry, "name").value_or(""), Texts(entry, "schemes")});
  }
  const auto decision = ResolveType(type, known);
  if (!decision) return Failed(decision.error());
  Value out;
  if (decision->module.empty()) {
    Set(out, "type", decision->type);
  } else {
    Set(out, "module", decision->module);
    Set(out, "exported", decision->exported);
  }
  return Written(out);
}

std::string AnswerConfiguration(std::string_view request) {
  auto in = Read(request);
  if (!in) return Failed(in.error());
  auto configuration = MergeConfiguration(Items(*in, "layers"), Flag(*in, "address"));
  if (!configuration) return Failed(configuration.error());
  Value origin;
  for (auto& [key, layer] : configuration->origin) {
    Value index = Value::OfType(Value::Type::kInteger);
    index.integer = static_cast<std::int64_t>(layer);
    origin.entries.push_back({std::move(key), std::move(index)});
  }
  Value out;
  Set(out, "fingerprint", Fingerprint(Text(*in, "salt").value_or(""), configuration->merged));
  out.entries.push_back({"address", std::move(configuration->address)});
  out.entries.push_back({"origin", std::move(origin)});
  return Written(out);
}

}  // namespace hawser::factory
