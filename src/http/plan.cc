#include "http/plan.h"

#include <cstddef>

#include "http/cache_control.h"
#include "http/preconditions.h"
#include "http/variant.h"

namespace hawser::http {
namespace {

// Whether the stored response is used as it is, for all that both sides say about it. `background`: if it is
// renewed then.
bool IsUsable(const CacheRequest& request, const CacheControl& asked, const Exchange& stored,
              const Freshness& freshness, bool& background) {
  const bool immutable = freshness.fresh && CacheControlOf(stored.response, false).immutable;
  if (asked.no_cache || freshness.no_cache) return false;
  if (request.mode == CacheMode::kNoCache) return immutable;
  if (asked.max_age && freshness.age > *asked.max_age * 1000 && !immutable) return false;
  if (asked.max_age && *asked.max_age == 0 && !immutable) return false;
  const double missing = freshness.age - freshness.lifetime + asked.min_fresh.value_or(0) * 1000;
  if (missing < 0) return true;
  if (freshness.must_revalidate) return false;
  if (asked.max_stale && missing <= *asked.max_stale * 1000) return true;
  if (asked.max_age || asked.min_fresh) return false;
  background = missing < freshness.stale_while_revalidate;
  return background;
}

void AskOthers(const CacheRequest& request, Plan& plan) {
  if (Field(request.headers, "cache-control")) return;
  if (request.mode == CacheMode::kNoCache) plan.headers.push_back({"cache-control", "max-age=0"});
  if (request.mode == CacheMode::kReload) {
    plan.headers.push_back({"cache-control", "no-cache"});
    if (!Field(request.headers, "pragma")) plan.headers.push_back({"pragma", "no-cache"});
  }
}

}  // namespace

Headers Conditions(const Freshness& freshness) {
  Headers conditions;
  if (freshness.etag) conditions.push_back({"if-none-match", *freshness.etag});
  if (freshness.last_modified) conditions.push_back({"if-modified-since", *freshness.last_modified});
  return conditions;
}

int Select(const std::vector<Exchange>& stored, const Headers& request) {
  int best = -1;
  for (std::size_t i = 0; i < stored.size(); i++) {
    if (!IsVariantFor(stored[i], request)) continue;
    if (best < 0 || DateOf(stored[i]) >= DateOf(stored[static_cast<std::size_t>(best)]))
      best = static_cast<int>(i);
  }
  return best;
}

Plan PlanFor(const CacheRequest& request, const std::vector<Exchange>& stored) {
  Plan plan;
  AskOthers(request, plan);
  const CacheControl asked = CacheControlOf(request.headers, true);
  const bool only = request.mode == CacheMode::kOnlyIfCached || asked.only_if_cached;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const bool passes =
      asked.no_store || request.mode == CacheMode::kNoStore || request.mode == CacheMode::kReload;
  if (reads && !passes && IsAnswerable(request.headers)) plan.index = Select(stored, request.headers);
  if (plan.index < 0) {
    if (only) plan.action = Plan::Action::kFail;
    return plan;
  }
  const Exchange& chosen = stored[static_cast<std::size_t>(plan.index)];
  const Freshness freshness = FreshnessOf(chosen, request.now);
  plan.age = freshness.age;
  plan.fresh = freshness.fresh;
  const bool any = request.mode == CacheMode::kForceCache || request.mode == CacheMode::kOnlyIfCached;
  if (any || IsUsable(request, asked, chosen, freshness, plan.background)) {
    const Answer answer = AnswerFrom(request, chosen);
    plan.action = Plan::Action::kUse;
    plan.status = answer.status;
    plan.range = answer.range;
  } else if (only) {
    plan.action = Plan::Action::kFail;
  } else if (request.method == "GET" && HasValidator(freshness) && !IsConditional(request.headers)) {
    plan.action = Plan::Action::kValidate;
    for (const Header& condition : Conditions(freshness)) plan.headers.push_back(condition);
  }
  return plan;
}

}  // namespace hawser::http
