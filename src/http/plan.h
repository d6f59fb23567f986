// What a private cache does about a request (RFC 9111, 4). Times and durations are milliseconds.
#pragma once

#include <string_view>
#include <vector>

#include "http/freshness.h"
#include "http/headers.h"

namespace hawser::http {

// As in the fetch standard.
enum class CacheMode { kDefault, kNoStore, kReload, kNoCache, kForceCache, kOnlyIfCached };

struct CacheRequest {
  std::string_view method;
  Headers headers = {};
  CacheMode mode = CacheMode::kDefault;
  double now = 0;
};

// Bytes of a body, `end` excluded.
struct ByteRange {
  double start = 0;
  double end = 0;
};

struct Plan {
  enum class Action {
    kFetch,     // As it is, with `headers` added.
    kValidate,  // The same; `headers` are conditions, too: a 304 renews the stored response.
    kUse,       // The stored response.
    kFail,      // 504: only what is stored was asked for.
  };
  Action action = Action::kFetch;
  int index = -1;   // The stored response that is used, validated, or is there in case that fetching fails.
  Headers headers;  // To be added to the request.
  bool background = false;  // Used, and to be renewed in the background.
  double age = 0;
  bool fresh = false;
  int status = 0;  // Of the answer when it is used: the stored one's, 304, 206 or 416.
  ByteRange range;
};

// `stored` are the complete responses to GET that there are for the URL.
Plan PlanFor(const CacheRequest& request, const std::vector<Exchange>& stored);

// If-None-Match and If-Modified-Since, as far as there is something to put into them.
Headers Conditions(const Freshness& freshness);

// Of what is stored, the youngest that answers this request; -1: none.
int Select(const std::vector<Exchange>& stored, const Headers& request);

}  // namespace hawser::http
