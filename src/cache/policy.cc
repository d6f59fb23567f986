#include "cache/policy.h"

namespace hawser::cache {

Window MakeWindow(const Policy& policy, Ms stored_at, double shorten) {
  Window window;
  window.stored_at = stored_at;
  // An infinite ttl stays infinite, also when all of it would be taken off: infinity times 0 is NaN.
  const Ms ttl = policy.ttl == kForever ? kForever : policy.ttl * (1 - shorten);
  window.fresh_until = stored_at + ttl;
  window.stale_until = window.fresh_until + policy.stale_while_revalidate;
  window.error_until = window.fresh_until + policy.stale_if_error;
  window.held_until = window.fresh_until + policy.hold;
  window.may_be_stale = policy.stale_while_revalidate > 0;
  window.may_serve_error = policy.stale_if_error > 0;
  window.may_be_held = policy.hold > 0;
  return window;
}

}  // namespace hawser::cache
