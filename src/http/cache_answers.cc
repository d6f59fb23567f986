// The cache's part of answers.h.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "http/answers.h"
#include "http/freshness.h"
#include "http/packed.h"
#include "http/plan.h"
#include "http/settle.h"
#include "http/update.h"
#include "http/variant.h"

namespace hawser::http {
namespace {

int Integer(const View& view, double fallback) {
  return static_cast<int>(std::clamp(view.Number(fallback), -1e6, 1e6));
}

Exchange ExchangeAt(const View& tree) {
  return {.method = "GET",
          .request = tree["requestHeaders"].AsHeaders(),
          .status = Integer(tree["status"], 0),
          .response = tree["responseHeaders"].AsHeaders(),
          .request_time = tree["requestTime"].Number(0),
          .response_time = tree["responseTime"].Number(0),
          .size = tree["size"].Number(0)};
}

std::vector<Exchange> StoredAt(const View& tree) {
  std::vector<Exchange> stored;
  for (View rest = tree["stored"].Items(), item; rest.Next(item);) stored.push_back(ExchangeAt(item));
  return stored;
}

// In the order of CacheMode.
constexpr std::string_view kModes[] = {"default",  "no-store",    "reload",
                                       "no-cache", "force-cache", "only-if-cached"};

CacheMode ModeOf(std::string_view name) {
  for (int i = 0; i < 6; i++) {
    if (kModes[i] == name) return static_cast<CacheMode>(i);
  }
  return CacheMode::kDefault;
}

CacheRequest RequestAt(const View& tree) {
  return {.method = tree["method"].Text(),
          .headers = tree["requestHeaders"].AsHeaders(),
          .mode = ModeOf(tree["mode"].Text()),
          .now = tree["now"].Number(0)};
}

// In the order of the enumerations.
constexpr std::string_view kPlans[] = {"fetch", "validate", "use", "fail"};
constexpr std::string_view kSettlements[] = {"pass", "store", "renew", "stale", "unreachable", "again"};

}  // namespace

std::string AnswerFreshness(std::string_view request) {
  const View tree = View::Of(request);
  Exchange exchange = ExchangeAt(tree);
  if (tree["method"].exists()) exchange.method = tree["method"].Text();
  const Freshness freshness = FreshnessOf(exchange, tree["now"].Number(0));
  Writer answer;
  answer.OpenTable();
  answer.Key("storable").Flag(freshness.storable).Key("explicit").Flag(freshness.explicit_lifetime);
  answer.Key("lifetime").Number(freshness.lifetime).Key("age").Number(freshness.age);
  answer.Key("fresh").Flag(freshness.fresh).Key("noCache").Flag(freshness.no_cache);
  answer.Key("mustRevalidate").Flag(freshness.must_revalidate);
  answer.Key("staleWhileRevalidate").Number(freshness.stale_while_revalidate);
  answer.Key("staleIfError").Number(freshness.stale_if_error.value_or(0));
  if (freshness.etag) answer.Key("etag").Text(*freshness.etag);
  if (freshness.last_modified) answer.Key("lastModified").Text(*freshness.last_modified);
  answer.Key("vary").OpenArray();
  for (const std::string_view name : SplitList(freshness.vary)) answer.Text(name);
  answer.Close().Key("conditions").List(Conditions(freshness));
  return answer.Close().Take();
}

std::string AnswerFields(std::string_view request) {
  const View tree = View::Of(request);
  const Headers stored = tree["stored"].AsHeaders();
  const Headers received = tree["received"].AsHeaders();
  Writer answer;
  answer.OpenTable();
  answer.Key("merged").List(MergedHeaders(stored, received));
  answer.Key("matches").Flag(VaryMatches(tree["vary"].Text(), stored, received));
  answer.Key("invalidates").Flag(Invalidates(tree["method"].Text(), Integer(tree["status"], 0)));
  return answer.Close().Take();
}

std::string AnswerPlan(std::string_view request) {
  const View tree = View::Of(request);
  const Plan plan = PlanFor(RequestAt(tree), StoredAt(tree));
  Writer answer;
  answer.OpenTable();
  answer.Key("action").Text(kPlans[static_cast<int>(plan.action)]).Key("index").Number(plan.index);
  answer.Key("headers").List(plan.headers).Key("background").Flag(plan.background);
  answer.Key("fresh").Flag(plan.fresh).Key("age").Number(plan.age).Key("status").Number(plan.status);
  answer.Key("start").Number(plan.range.start).Key("end").Number(plan.range.end);
  return answer.Close().Take();
}

std::string AnswerSettle(std::string_view request) {
  const View tree = View::Of(request);
  const Settlement settlement = Settle({.request = RequestAt(tree),
                                        .status = Integer(tree["status"], 0),
                                        .response = tree["responseHeaders"].AsHeaders(),
                                        .request_time = tree["requestTime"].Number(0),
                                        .response_time = tree["responseTime"].Number(0),
                                        .validated = tree["validated"].Flag(),
                                        .index = Integer(tree["index"], -1),
                                        .stale_if_error = tree["staleIfError"].Number(0)},
                                       StoredAt(tree));
  Writer answer;
  answer.OpenTable();
  answer.Key("action")
      .Text(kSettlements[static_cast<int>(settlement.action)])
      .Key("headers")
      .List(settlement.headers);
  answer.Key("renewals").OpenArray();
  for (const Renewal& renewal : settlement.renewals) {
    answer.OpenTable().Key("index").Number(renewal.index).Key("headers").List(renewal.headers).Close();
  }
  answer.Close().Key("drops").OpenArray();
  for (const int index : settlement.drops) answer.Number(index);
  answer.Close().Key("locations").OpenArray();
  for (const std::string_view location : settlement.locations) answer.Text(location);
  answer.Close().Key("invalidates").Flag(settlement.invalidates).Key("age").Number(settlement.age);
  if (settlement.content_location) answer.Key("contentLocation").Text(*settlement.content_location);
  return answer.Close().Take();
}

}  // namespace hawser::http
