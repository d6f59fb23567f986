// Any header lines, "name: value": freshness comes out of them that agrees with itself.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/cache_control.h"
#include "http/freshness.h"
#include "http/plan.h"

using namespace hawser::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Exchange exchange{
      .method = "GET", .status = 200, .request_time = 1.7e12, .response_time = 1.7e12, .size = 10};
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos)
      exchange.response.push_back({line.substr(0, colon), line.substr(colon + 2)});
  }
  const double now = 1.7e12 + 60'000;
  const Freshness freshness = FreshnessOf(exchange, now);
  if (!(freshness.lifetime >= 0) || !(freshness.age >= 60'000) ||
      !std::isfinite(freshness.lifetime + freshness.age))
    std::abort();
  if (freshness.fresh && (freshness.no_cache || freshness.age >= freshness.lifetime)) std::abort();
  if (freshness.no_cache && !freshness.must_revalidate) std::abort();
  const CacheControl control = CacheControlOf(exchange.response, false);
  if (freshness.storable && control.no_store && !control.must_understand) std::abort();
  if (!freshness.storable) return 0;
  const Plan plan = PlanFor({.method = "GET", .now = now}, {exchange});
  const bool varies = plan.index < 0;
  if (varies || (plan.action == Plan::Action::kUse && !freshness.fresh && !plan.background)) std::abort();
  if (freshness.fresh != (plan.action == Plan::Action::kUse && !plan.background)) std::abort();
  return 0;
}
