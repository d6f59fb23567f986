#include "http/variant.h"

#include <cstddef>

#include "http/cache_control.h"

namespace hawser::http {
namespace {

bool Agree(const Headers& a, const Headers& b, std::string_view name) {
  const auto one = Field(a, name);
  const auto other = Field(b, name);
  if (!one || !other) return !one && !other;
  const auto members = SplitList(*one);
  const auto others = SplitList(*other);
  if (members.size() != others.size()) return false;
  const bool any_case = name == "accept-language" || name == "accept-encoding";
  for (std::size_t i = 0; i < members.size(); i++) {
    if (any_case ? !SameText(members[i], others[i]) : members[i] != others[i]) return false;
  }
  return true;
}

// Names in Vary have any case, those of headers are lower.
std::string_view NameOf(const Headers& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (SameText(header.name, name)) return header.name;
  }
  return name;
}

}  // namespace

bool VaryMatches(std::string_view vary, const Headers& stored_request, const Headers& request) {
  for (const std::string_view listed : SplitList(vary)) {
    const std::string_view name = NameOf(request, NameOf(stored_request, listed));
    if (name == "*" || !Agree(stored_request, request, name)) return false;
  }
  return true;
}

bool IsVariantFor(const Exchange& stored, const Headers& request) {
  return (CacheControlOf(stored.response, false).is_public ||
          Agree(stored.request, request, "authorization")) &&
         VaryMatches(FieldOrEmpty(stored.response, "vary"), stored.request, request);
}

}  // namespace hawser::http
