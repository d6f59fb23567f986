#include "http/cache_control.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace hawser::http {
namespace {

// A directive with a value in seconds. Those that are malformed count as `otherwise`.
void SetSeconds(std::optional<double>& seconds, std::string_view value, double otherwise) {
  if (!seconds) seconds = ParseSeconds(Bare(value)).value_or(otherwise);
}

}  // namespace

CacheControl ParseCacheControl(std::string_view field) {
  CacheControl control;
  for (const std::string_view directive : SplitList(field)) {
    const std::size_t equals = directive.find('=');
    const bool has_value = equals != std::string_view::npos;
    // Spaces around "=" are malformed: then the value is none.
    const std::string_view value = has_value ? directive.substr(equals + 1) : "";
    const std::string_view name = Trim(directive.substr(0, equals));
    const std::string_view seconds = name.size() < std::min(equals, directive.size()) ? "" : value;
    const auto is = [&](std::string_view known) { return SameText(name, known); };
    if (is("no-store")) control.no_store = true;
    if (is("no-cache") && has_value) {
      control.no_cache_fields = Bare(value);
    } else if (is("no-cache")) {
      control.no_cache = true;
    }
    if (is("must-revalidate")) control.must_revalidate = true;
    if (is("must-understand")) control.must_understand = true;
    if (is("public")) control.is_public = true;
    if (is("private")) control.is_private = true;
    if (is("immutable")) control.immutable = true;
    if (is("only-if-cached")) control.only_if_cached = true;
    if (is("max-age")) SetSeconds(control.max_age, seconds, 0);
    if (is("max-stale"))
      SetSeconds(control.max_stale, seconds, has_value ? 0 : std::numeric_limits<double>::infinity());
    if (is("min-fresh")) SetSeconds(control.min_fresh, seconds, 0);
    if (is("stale-while-revalidate")) SetSeconds(control.stale_while_revalidate, seconds, 0);
    if (is("stale-if-error")) SetSeconds(control.stale_if_error, seconds, 0);
  }
  return control;
}

CacheControl CacheControlOf(const Headers& headers, bool request) {
  if (const auto field = Field(headers, "cache-control")) return ParseCacheControl(*field);
  if (!request) return {};
  const CacheControl pragma = ParseCacheControl(FieldOrEmpty(headers, "pragma"));
  CacheControl control;
  control.no_cache = pragma.no_cache;
  return control;
}

}  // namespace hawser::http
