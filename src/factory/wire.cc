#include "factory/wire.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "factory/configuration.h"
#include "factory/error.h"
#include "factory/fingerprint.h"
#include "factory/type_resolver.h"

namespace hawser::factory {
namespace {

using Json = nlohmann::json;

std::string Write(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string Failed(const Error& error) {
  return Write({{"error", {{"code", std::string(error.code)}, {"message", error.message}}}});
}

// The request, or nothing where it is not an object: lone surrogates are the one thing JSON.stringify writes
// that is no JSON text.
std::optional<Json> Read(const std::string& request) {
  Json parsed = Json::parse(request, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

std::string Malformed() {
  return Failed(ConfigError("The configuration of a connection holds text with a lone surrogate."));
}

std::optional<std::string> Text(const Json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_string()) return std::nullopt;
  return it->get<std::string>();
}

std::vector<std::string> Texts(const Json& object, const char* key) {
  std::vector<std::string> out;
  const auto it = object.find(key);
  if (it == object.end() || !it->is_array()) return out;
  for (const Json& item : *it) {
    if (item.is_string()) out.push_back(item.get<std::string>());
  }
  return out;
}

}  // namespace

std::string ResolveTypeJson(const std::string& request) {
  const auto in = Read(request);
  if (!in) return Malformed();
  const TypeRequest type{
      Text(*in, "name").value_or(""), Text(*in, "option"),    Text(*in, "section"), Text(*in, "url"),
      in->value("hasSection", false), Texts(*in, "sections"), Texts(*in, "layers")};
  std::vector<KnownType> known;
  if (const auto it = in->find("known"); it != in->end()) {
    for (const Json& entry : *it)
      known.push_back({Text(entry, "name").value_or(""), Texts(entry, "schemes")});
  }
  const auto decision = ResolveType(type, known);
  if (!decision) return Failed(decision.error());
  if (decision->module.empty()) return Write({{"type", decision->type}});
  return Write({{"module", decision->module}, {"exported", decision->exported}});
}

std::string ConfigureJson(const std::string& request) {
  const auto in = Read(request);
  if (!in) return Malformed();
  std::vector<Json> layers;
  if (const auto it = in->find("layers"); it != in->end()) {
    for (const Json& layer : *it) layers.push_back(layer.is_object() ? layer : Json::object());
  }
  const auto configuration = MergeConfiguration(layers, in->value("address", false));
  if (!configuration) return Failed(configuration.error());
  Json origin = Json::object();
  for (const auto& [key, layer] : configuration->origin) origin[key] = layer;
  return Write({{"origin", std::move(origin)},
                {"address", configuration->address},
                {"fingerprint", Fingerprint(Text(*in, "salt").value_or(""), configuration->merged)}});
}

}  // namespace hawser::factory
