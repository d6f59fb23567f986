#include "http/settle.h"

#include <cstddef>
#include <utility>

#include "http/cache_control.h"
#include "http/update.h"
#include "http/variant.h"

namespace hawser::http {
namespace {

using Action = Settlement::Action;

const Exchange& At(const std::vector<Exchange>& stored, int index) {
  return stored[static_cast<std::size_t>(index)];
}

bool IsSafe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

// Not about the resource but about now: nothing stored is wrong because of it.
bool IsPassing(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

// Those that stale-if-error is about (RFC 5861, 4).
bool IsError(int status) {
  return status == 0 || status == 500 || status == 502 || status == 503 || status == 504;
}

Exchange ExchangeOf(const Answered& answered) {
  return {.method = answered.request.method,
          .request = answered.request.headers,
          .status = answered.status,
          .response = answered.response,
          .request_time = answered.request_time,
          .response_time = answered.response_time};
}

// Whether an answer without a body is about the stored response: their validators agree, as far as both have
// them. `known`: that is to be assumed when they have none in common.
bool IsAbout(const Headers& answer, const Exchange& stored, bool known) {
  const auto new_tag = Field(answer, "etag");
  const auto tag = Field(stored.response, "etag");
  if (new_tag && tag) return SameTag(*new_tag, *tag, false);
  const auto new_date = Field(answer, "last-modified");
  const auto date = Field(stored.response, "last-modified");
  return new_date && date ? *new_date == *date : known;
}

Headers Renewed(const Answered& answered, const Exchange& stored) {
  Exchange merged = ExchangeOf(answered);
  merged.response = KeptHeaders(merged);
  merged.response = MergedHeaders(stored.response, merged.response);
  return merged.response;
}

bool MayBeStale(const Answered& answered, const Exchange& stored, double& age) {
  const Freshness freshness = FreshnessOf(stored, answered.request.now);
  age = freshness.age;
  if (freshness.must_revalidate) return false;
  const auto asked = CacheControlOf(answered.request.headers, true);
  if (asked.no_cache || asked.max_age || asked.min_fresh || answered.request.mode == CacheMode::kNoCache)
    return false;
  double window = freshness.stale_if_error.value_or(answered.stale_if_error);
  if (asked.stale_if_error) window = *asked.stale_if_error * 1000;
  return age - freshness.lifetime < window;
}

void SettleGet(const Answered& answered, const std::vector<Exchange>& stored, Settlement& settlement) {
  const Exchange exchange = ExchangeOf(answered);
  if (answered.status == 304) {
    for (std::size_t i = 0; i < stored.size(); i++) {
      const bool chosen = static_cast<int>(i) == answered.index;
      if (!chosen || !IsAbout(answered.response, stored[i], answered.validated)) continue;
      settlement.renewals.push_back({static_cast<int>(i), Renewed(answered, stored[i])});
    }
    if (answered.validated) settlement.action = settlement.renewals.empty() ? Action::kAgain : Action::kRenew;
    return;
  }
  if (answered.request.mode == CacheMode::kNoStore || CacheControlOf(answered.request.headers, true).no_store)
    return;
  if (FreshnessOf(exchange, answered.response_time).storable) {
    settlement.action = Action::kStore;
    settlement.headers = KeptHeaders(exchange);
  }
  const bool partial = answered.status == 206 || answered.status == 416;
  if (settlement.action == Action::kPass && (partial || IsPassing(answered.status))) return;
  for (std::size_t i = 0; i < stored.size(); i++) {
    if (IsVariantFor(stored[i], answered.request.headers)) settlement.drops.push_back(static_cast<int>(i));
  }
}

void SettleHead(const Answered& answered, const std::vector<Exchange>& stored, Settlement& settlement) {
  if (answered.status != 200) return;
  for (std::size_t i = 0; i < stored.size(); i++) {
    if (!IsVariantFor(stored[i], answered.request.headers) || stored[i].status != 200) continue;
    if (IsAbout(answered.response, stored[i], true)) {
      settlement.renewals.push_back({static_cast<int>(i), Renewed(answered, stored[i])});
    } else {
      settlement.drops.push_back(static_cast<int>(i));
    }
  }
}

void SettleUnsafe(const Answered& answered, Settlement& settlement) {
  settlement.invalidates = Invalidates(answered.request.method, answered.status);
  if (!settlement.invalidates) return;
  for (const char* name : {"location", "content-location"}) {
    if (const auto location = Field(answered.response, name)) settlement.locations.push_back(*location);
  }
  // An answer to POST that says that it is what GET would give, and for how long (RFC 9110, 9.3.3).
  Exchange exchange = ExchangeOf(answered);
  settlement.content_location = Field(exchange.response, "content-location");
  if (exchange.method != "POST" || exchange.status != 200 || !settlement.content_location) return;
  exchange.method = "GET";
  const Freshness freshness = FreshnessOf(exchange, answered.response_time);
  if (!freshness.storable || !freshness.explicit_lifetime || answered.request.mode == CacheMode::kNoStore)
    return;
  settlement.action = Action::kStore;
  settlement.headers = KeptHeaders(exchange);
}

}  // namespace

bool Invalidates(std::string_view method, int status) {
  return !IsSafe(method) && status >= 200 && status < 400;
}

Settlement Settle(const Answered& answered, const std::vector<Exchange>& stored) {
  Settlement settlement;
  const std::string_view method = answered.request.method;
  const bool known = answered.index >= 0 && static_cast<std::size_t>(answered.index) < stored.size();
  if (method == "GET" && known && IsError(answered.status) &&
      MayBeStale(answered, At(stored, answered.index), settlement.age)) {
    settlement.action = Action::kStale;
  } else if (answered.status == 0) {
    if (known && FreshnessOf(At(stored, answered.index), answered.request.now).must_revalidate) {
      settlement.action = Action::kUnreachable;
    }
  } else if (method == "GET") {
    SettleGet(answered, stored, settlement);
  } else if (method == "HEAD") {
    SettleHead(answered, stored, settlement);
  } else {
    SettleUnsafe(answered, settlement);
  }
  return settlement;
}

}  // namespace hawser::http
