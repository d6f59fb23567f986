// Cache-Control (RFC 9111, 5.2), as far as a private cache goes by it.
#pragma once

#include <optional>
#include <string_view>

#include "http/headers.h"

namespace hawser::http {

// Seconds are as in ParseSeconds(). Of a directive that stands there twice the first counts.
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;  // Without names of fields.
  bool must_revalidate = false;
  bool must_understand = false;
  bool is_public = false;
  bool is_private = false;
  bool immutable = false;
  bool only_if_cached = false;
  std::optional<double> max_age;    // 0 when it is malformed: better stale than wrong.
  std::optional<double> max_stale;  // Infinite without a value.
  std::optional<double> min_fresh;
  std::optional<double> stale_while_revalidate;
  std::optional<double> stale_if_error;
  std::string_view no_cache_fields;  // The list that no-cache="…" names.
};

CacheControl ParseCacheControl(std::string_view field);

// Of a message. A request without Cache-Control but with Pragma: no-cache means no-cache (RFC 9111, 5.4);
// responses have no such header.
CacheControl CacheControlOf(const Headers& headers, bool request);

}  // namespace hawser::http
