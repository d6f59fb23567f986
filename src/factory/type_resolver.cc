#include "factory/type_resolver.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "factory/error.h"
#include "factory/nearest.h"

namespace hawser::factory {
namespace {

std::string Quoted(std::string_view text) { return Concat({"\"", text, "\""}); }

std::string Joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out += ", ";
    out += part;
  }
  return out;
}

const KnownType* Find(std::string_view name, std::span<const KnownType> known) {
  const auto it = std::ranges::find(known, name, &KnownType::name);
  return it == known.end() ? nullptr : &*it;
}

const KnownType* FindScheme(std::string_view scheme, std::span<const KnownType> known) {
  const auto it = std::ranges::find_if(known, [&](const KnownType& type) {
    return std::ranges::find(type.schemes, scheme) != type.schemes.end();
  });
  return it == known.end() ? nullptr : &*it;
}

// " Did you mean …?" or nothing. A scheme stands for the type that it belongs to.
std::string Hint(std::string_view unknown, std::span<const KnownType> known) {
  std::vector<std::string> names;
  std::vector<std::string> meant;
  for (const auto& type : known) {
    names.push_back(type.name);
    meant.push_back(type.name);
  }
  for (const auto& type : known) {
    for (const auto& scheme : type.schemes) {
      names.push_back(scheme);
      meant.push_back(type.name);
    }
  }
  const std::size_t nearest = Nearest(unknown, names);
  if (nearest == names.size()) return {};
  return Concat({" Did you mean \"", meant[nearest], "\"?"});
}

std::string KnownList(std::span<const KnownType> known) {
  std::vector<std::string> names;
  for (const auto& type : known) names.push_back(Quoted(type.name));
  return names.empty() ? "none" : Joined(names);
}

Error Unknown(const TypeRequest& request, std::string_view what, std::string_view unknown,
              std::span<const KnownType> known) {
  return MakeError("ERR_CONNECTION_TYPE",
                   Concat({"Connection \"", request.name, "\": unknown ", what, " \"", unknown, "\".",
                           Hint(unknown, known), " Known types: ", KnownList(known),
                           ". A connection class of your own: pass the class as `type`, name it as "
                           "'module-specifier#Export', or register it with registerType()."}));
}

Result<TypeDecision> Named(const TypeRequest& request, const std::string& type,
                           std::span<const KnownType> known) {
  const std::size_t hash = type.rfind('#');
  if (hash != std::string::npos) {
    TypeDecision decision{{}, type.substr(0, hash), type.substr(hash + 1)};
    if (!decision.module.empty() && !decision.exported.empty()) return decision;
    return std::unexpected(
        MakeError("ERR_CONNECTION_TYPE", Concat({"Connection \"", request.name, "\": type \"", type,
                                                 "\" must be of the form 'module-specifier#Export'."})));
  }
  if (Find(type, known)) return TypeDecision{type, {}, {}};
  return std::unexpected(Unknown(request, "type", type, known));
}

Error NoSection(const TypeRequest& request) {
  const std::size_t nearest = Nearest(request.name, request.sections);
  const bool near = nearest != request.sections.size();
  return MakeError(
      "ERR_SECRET_MISSING",
      Concat({"No layer of the secrets holds connections.", request.name,
              ", and the options of connection(\"", request.name, "\") do not say its type.",
              near ? " Did you mean \"" : "", near ? std::string_view(request.sections[nearest]) : "",
              near ? "\"?" : "",
              " Layers searched: ", request.layers.empty() ? "none" : Joined(request.layers), "."}));
}

}  // namespace

std::string SchemeOf(std::string_view url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return {};
  std::string scheme(url.substr(0, end));
  for (char& c : scheme) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == '_';
    if (!allowed) return {};
  }
  return scheme.substr(0, scheme.find('+'));
}

Result<TypeDecision> ResolveType(const TypeRequest& request, std::span<const KnownType> known) {
  if (request.option) return Named(request, *request.option, known);
  if (request.section) return Named(request, *request.section, known);
  if (Find(request.name, known)) return TypeDecision{request.name, {}, {}};
  if (request.url) {
    const std::string scheme = SchemeOf(*request.url);
    if (scheme.empty()) {
      return std::unexpected(
          ConfigError(Concat({"Connection \"", request.name,
                              "\": its url does not start with a scheme such as sqlite:// or https://, and "
                              "there is no `type`."})));
    }
    if (const KnownType* type = FindScheme(scheme, known)) return TypeDecision{type->name, {}, {}};
    return std::unexpected(Unknown(request, "url scheme", scheme, known));
  }
  if (!request.has_section) return std::unexpected(NoSection(request));
  return std::unexpected(ConfigError(Concat(
      {"connections.", request.name,
       " does not say what it connects to: set `type`, or a `url`. Known types: ", KnownList(known), "."})));
}

}  // namespace hawser::factory
