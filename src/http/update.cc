#include "http/update.h"

#include "http/cache_control.h"

namespace hawser::http {

Headers KeptHeaders(const Exchange& exchange) {
  constexpr std::string_view kOfConnection =
      "connection,keep-alive,proxy-authenticate,proxy-authentication-info,proxy-authorization,proxy-"
      "connection,te,"
      "transfer-encoding,upgrade";
  const std::string_view listed = FieldOrEmpty(exchange.response, "connection");
  const std::string_view qualified = CacheControlOf(exchange.response, false).no_cache_fields;
  Headers kept;
  for (const Header& header : exchange.response) {
    if (!ListHas(kOfConnection, header.name) && !ListHas(listed, header.name) &&
        !ListHas(qualified, header.name)) {
      kept.push_back(header);
    }
  }
  return kept;
}

Headers MergedHeaders(const Headers& stored, const Headers& received) {
  Headers merged;
  const auto is_of_body = [](const Header& header) {
    return header.name == "content-length" || header.name == "content-encoding" ||
           header.name == "content-range";
  };
  for (const Header& header : stored) {
    const bool replaced = Field(received, header.name) || header.name == "age";
    if (!replaced || is_of_body(header)) merged.push_back(header);
  }
  for (const Header& header : received) {
    if (!is_of_body(header)) merged.push_back(header);
  }
  return merged;
}

bool SameTag(std::string_view a, std::string_view b, bool strong) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  if (strong && (a.starts_with("W/") || b.starts_with("W/"))) return false;
  return opaque(a) == opaque(b);
}

}  // namespace hawser::http
