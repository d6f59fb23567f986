#include "http/freshness.h"

#include <algorithm>

#include "http/http_date.h"

namespace hawser::http {
namespace {

constexpr double kMost = 86'400'000;  // Of what is guessed.

template <int N>
bool IsAmong(const short (&statuses)[N], int status) {
  return std::find(statuses, statuses + N, status) != statuses + N;
}

// Cacheable without being told so (RFC 9110, 15.1).
bool IsHeuristicallyCacheable(int status) {
  static constexpr short kStatuses[] = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501};
  return IsAmong(kStatuses, status);
}

// What this cache knows how to store (RFC 9111, 5.2.2.3): the final statuses of RFC 9110 that stand for
// themselves.
bool IsUnderstood(int status) {
  static constexpr short kStatuses[] = {200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 307,
                                        308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409,
                                        410, 411, 412, 413, 414, 415, 417, 421, 422, 426, 428,
                                        429, 431, 451, 500, 501, 502, 503, 504, 505, 511};
  return IsAmong(kStatuses, status);
}

// The first member counts; what is no number counts as none.
double AgeHeader(const Headers& response) {
  const auto field = Field(response, "age");
  if (!field) return 0;
  return ParseSeconds(Trim(field->substr(0, field->find(',')))).value_or(0) * 1000;
}

double AgeOf(const Exchange& exchange, double now) {
  const double apparent = std::max(0.0, exchange.response_time - DateOf(exchange));
  const double corrected =
      AgeHeader(exchange.response) + std::max(0.0, exchange.response_time - exchange.request_time);
  return std::max(apparent, corrected) + std::max(0.0, now - exchange.response_time);
}

void SetLifetime(Freshness& freshness, const Exchange& exchange, const CacheControl& control) {
  freshness.explicit_lifetime = true;
  const double date = DateOf(exchange);
  if (control.max_age) {
    freshness.lifetime = *control.max_age * 1000;
  } else if (const auto expires = Field(exchange.response, "expires")) {
    const auto time = ParseDate(*expires, exchange.response_time);
    freshness.lifetime = time ? std::max(0.0, *time - date) : 0;  // Not a date: past.
  } else {
    freshness.explicit_lifetime = false;
    const auto modified = ParseDate(freshness.last_modified.value_or(""), exchange.response_time);
    if (modified && (IsHeuristicallyCacheable(exchange.status) || control.is_public)) {
      freshness.lifetime = std::clamp((date - *modified) / 10, 0.0, kMost);
    }
  }
}

bool IsStorable(const Freshness& freshness, const Exchange& exchange, const CacheControl& control) {
  const int status = exchange.status;
  if (exchange.method != "GET" || status < 200 || status > 599 || status == 206 || status == 304)
    return false;
  if (control.must_understand ? !IsUnderstood(status) : control.no_store) return false;
  if (CacheControlOf(exchange.request, true).no_store || ListHas(freshness.vary, "*")) return false;
  if (status != 200 && Field(exchange.request, "range")) return false;
  if (!freshness.explicit_lifetime && !control.is_public && !control.is_private &&
      !IsHeuristicallyCacheable(status)) {
    return false;
  }
  return freshness.lifetime > 0 || HasValidator(freshness);
}

}  // namespace

bool HasValidator(const Freshness& freshness) { return freshness.etag || freshness.last_modified; }

double DateOf(const Exchange& exchange) {
  return ParseDate(FieldOrEmpty(exchange.response, "date"), exchange.response_time)
      .value_or(exchange.response_time);
}

Freshness FreshnessOf(const Exchange& exchange, double now) {
  const CacheControl control = CacheControlOf(exchange.response, false);
  Freshness freshness;
  freshness.no_cache = control.no_cache;
  freshness.must_revalidate = control.must_revalidate || control.no_cache;
  freshness.stale_while_revalidate = control.stale_while_revalidate.value_or(0) * 1000;
  if (control.stale_if_error) freshness.stale_if_error = *control.stale_if_error * 1000;
  freshness.etag = Field(exchange.response, "etag");
  freshness.last_modified = Field(exchange.response, "last-modified");
  freshness.vary = FieldOrEmpty(exchange.response, "vary");
  SetLifetime(freshness, exchange, control);
  freshness.age = AgeOf(exchange, now);
  freshness.fresh = !freshness.no_cache && freshness.age < freshness.lifetime;
  freshness.storable = IsStorable(freshness, exchange, control);
  return freshness;
}

}  // namespace hawser::http
