// What a private cache does about the answer to a request that it let through (RFC 9111, 3, 4.3 and 4.4).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "http/freshness.h"
#include "http/headers.h"
#include "http/plan.h"

namespace hawser::http {

struct Answered {
  CacheRequest request;
  // The answer; status 0: there was none, the network failed.
  int status = 0;
  Headers response = {};
  double request_time = 0;
  double response_time = 0;
  bool validated = false;  // Whether conditions of this cache were sent along.
  int index = -1;          // Plan::index.
  // How long a stored response may be used when there is no better answer, where it says nothing itself.
  double stale_if_error = 0;
};

// The new headers of a stored response.
struct Renewal {
  int index = -1;
  Headers headers;
};

struct Settlement {
  enum class Action {
    kPass,   // The answer goes to the client, and nothing of it is kept.
    kStore,  // The same, and it is kept with `headers`.
    kRenew,  // A 304: the client gets the stored response, which has new headers (the first of `renewals`).
    kStale,  // The client gets the stored response all the same, an error having come instead of a better
             // one.
    // Nothing came, and what is stored forbids to be used without the server's consent: that is a 504 (RFC
    // 9111, 5.2.2.2).
    kUnreachable,
    kAgain,  // A 304 to something else than what is stored: to be sent once more, without conditions.
  };
  Action action = Action::kPass;
  Headers headers;
  std::vector<Renewal> renewals;  // At kPass: of those that the answer turned out to be about.
  std::vector<int> drops;         // Stored responses that are to be forgotten.
  bool invalidates = false;  // All that is stored under the URL and under `locations` is to be forgotten.
  // Relative to the URL, and only if they are of its origin.
  std::vector<std::string_view> locations;
  // kStore of an answer to POST: only if this is the URL itself.
  std::optional<std::string_view> content_location;
  double age = 0;
};

Settlement Settle(const Answered& answered, const std::vector<Exchange>& stored);

// Whether an answer to this method tells that what is stored may have changed (RFC 9111, 4.4).
bool Invalidates(std::string_view method, int status);

}  // namespace hawser::http
