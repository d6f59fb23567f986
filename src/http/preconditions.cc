#include "http/preconditions.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "http/http_date.h"
#include "http/update.h"

namespace hawser::http {
namespace {

// "bytes=" and one range; nothing for other texts, which are to be ignored.
std::optional<ByteRange> RangeOf(std::string_view field, double size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!SameText(field.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  const std::string_view range = Trim(field.substr(kUnit.size()));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = ParseSeconds(range.substr(0, dash));  // Digits are digits.
  const auto last = ParseSeconds(range.substr(dash + 1));
  if (!first && !(dash == 0 && last)) return std::nullopt;
  if (!first) return ByteRange{std::max(0.0, size - *last), size};
  if (!last && dash + 1 != range.size()) return std::nullopt;
  if (last && *last < *first) return std::nullopt;
  return ByteRange{*first, std::min(size, last ? *last + 1 : size)};
}

bool IsUnmodified(const CacheRequest& request, const Exchange& stored) {
  if (const auto tags = Field(request.headers, "if-none-match")) {
    const auto etag = Field(stored.response, "etag");
    for (const std::string_view tag : SplitList(*tags)) {
      if (tag == "*" || (etag && SameTag(tag, *etag, false))) return true;
    }
    return false;
  }
  const auto since = ParseDate(FieldOrEmpty(request.headers, "if-modified-since"), request.now);
  if (!since) return false;
  const auto modified = ParseDate(FieldOrEmpty(stored.response, "last-modified"), stored.response_time);
  return modified.value_or(DateOf(stored)) <= *since;
}

// Whether If-Range, if there is one, names this very representation.
bool IsSameRepresentation(const Headers& request, const Exchange& stored) {
  const auto condition = Field(request, "if-range");
  if (!condition) return true;
  const auto etag = Field(stored.response, "etag");
  return etag && SameTag(*condition, *etag, true);
}

}  // namespace

bool IsAnswerable(const Headers& request) {
  return !Field(request, "if-match") && !Field(request, "if-unmodified-since") &&
         FieldOrEmpty(request, "range").find(',') == std::string_view::npos;
}

bool IsConditional(const Headers& request) {
  return Field(request, "if-none-match") || Field(request, "if-modified-since") || Field(request, "range");
}

Answer AnswerFrom(const CacheRequest& request, const Exchange& stored) {
  if (stored.status != 200) return {stored.status, {}};
  if (IsUnmodified(request, stored)) return {304, {}};
  const auto field = Field(request.headers, "range");
  if (!field || request.method != "GET" || !IsSameRepresentation(request.headers, stored)) return {200, {}};
  const auto range = RangeOf(*field, stored.size);
  if (!range) return {200, {}};
  if (range->start >= stored.size || range->start >= range->end) return {416, {}};
  return {206, *range};
}

}  // namespace hawser::http
