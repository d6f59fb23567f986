// Which type a connection is of (DESIGN.md, section 4, step 2).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace hawser::factory {

// A type that can be named, first-party or registered.
struct KnownType {
  std::string name;
  std::vector<std::string> schemes;  // Of urls that mean this type, lower case, without "+driver".
};

// Everything that is known about the connection before its class is.
struct TypeRequest {
  std::string name;                    // Of the connection.
  std::optional<std::string> option;   // `type` given in code.
  std::optional<std::string> section;  // `type` in [connections.<name>].
  std::optional<std::string> url;      // `url` of the merged configuration.
  bool has_section = false;            // Whether [connections.<name>] exists.
  std::vector<std::string> sections;   // Names below [connections], for a hint.
  std::vector<std::string> layers;     // Secrets layers that were searched, for the message.
};

struct TypeDecision {
  std::string type;      // Name of a known type; empty for a module.
  std::string module;    // Module specifier of 'module-specifier#Export', otherwise empty.
  std::string exported;  // Name of its export.
};

// Resolves in this order: `option`, `section`, `name` when it names a known type, the scheme of `url`.
// A string with a '#' is always a module's export, at the last '#'.
// Errors: ERR_CONNECTION_TYPE (unknown; names the nearest known one and lists all), ERR_SECRET_MISSING
// (nothing says the type and there is no section), ERR_CONNECTION_CONFIG (there is a section, but it does not
// say the type).
Result<TypeDecision> ResolveType(const TypeRequest& request, std::span<const KnownType> known);

// The scheme of a url in lower case, without "+driver"; empty when `url` does not start with `scheme://`.
std::string SchemeOf(std::string_view url);

}  // namespace hawser::factory
